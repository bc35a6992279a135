using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>Lines of which flags cookies get or lose: <c>"cookie flag…"</c>, several in an array, or <c>"off"</c>, which is an empty list.</summary>
internal sealed class CookieFlagsType : LinesType<CookieFlagsConfig>
{
    private const string ExpectedFlag = "secure, httponly, samesite=strict, samesite=lax, samesite=none, nosecure, nohttponly or nosamesite";

    public override string Expected => "\"off\", a line of a cookie and flags such as \"session secure httponly\" or \"~ nosecure\", or an array of such";

    protected override string WriteLine(CookieFlagsConfig line) => string.Join(' ', line.Flags.Prepend(line.Cookie).Select(static text => Phrase.WriteWord(text.Written)));

    protected override bool TryReadLine(TomlString line, BindContext context, List<CookieFlagsConfig> lines)
    {
        if (!context.TrySplit(line, 0, out var words))
        {
            return false;
        }

        if (words is not [{ Text.Length: > 0 } cookie, _, ..])
        {
            return context.FailExpected(line, Expected);
        }

        TemplateType.Any.TryReadWord(cookie, context, out var cookieText);
        var flags = new List<ConfigText>();
        var groups = new Dictionary<IReadOnlyList<string>, string>();
        foreach (var word in words.Skip(1))
        {
            if (!IsFlag(word, context, groups))
            {
                return false;
            }

            TemplateType.Any.TryReadWord(word, context, out var flag);
            flags.Add(flag);
        }

        lines.Add(new CookieFlagsConfig(cookieText, flags));
        return cookie.Text[0] != '~' || TextRulesType.TryReadPattern(cookieText, cookie, context);
    }

    /// <summary>Whether it is a flag, and none before it in the line says the same or the contrary; what variables come out as is seen when they do.</summary>
    private static bool IsFlag(Word word, BindContext context, Dictionary<IReadOnlyList<string>, string> groups)
    {
        if (word.Text.Contains('$', StringComparison.Ordinal))
        {
            return true;
        }

        if (CookieFlagsConfig.Words.FirstOrDefault(group => group.Contains(word.Text, StringComparer.OrdinalIgnoreCase)) is not { } group)
        {
            return context.FailExpected(word, ExpectedFlag);
        }

        return groups.TryAdd(group, word.Text) || context.Fail(word.Position, $"'{word.Text}' cannot stand beside '{groups[group]}'");
    }
}
