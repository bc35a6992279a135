using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>nginx's location text, or a table of modifier and pattern.</summary>
internal sealed class LocationPathType : ValueType<LocationText>
{
    public static ConfigLevel<LocationText> Level { get; } = new("path",
    [
        Key.Optional<LocationText, LocationMatch>(
            "modifier",
            new ChoiceType<LocationMatch>(("=", LocationMatch.Exact), ("^~", LocationMatch.PrefixNoRegex), ("~", LocationMatch.Regex), ("~*", LocationMatch.RegexIgnoreCase)),
            static t => t.Path.Match is LocationMatch.Prefix or LocationMatch.Named ? null : t.Path.Match, static (t, v) => t with { Path = t.Path with { Match = v } }, null,
            "`=` exact, `^~` prefix that shuts out regular expressions, `~` regular expression, `~*` the same in any case; absent: prefix, or a name where the pattern starts with `@`.", "\"~*\""),
        Key.Always<LocationText, string>(
            "pattern", TextType.Line, static t => t.Path.Pattern, static (t, v) => t with { Path = t.Path with { Pattern = v } }, null,
            "The path or the regular expression.", "'\\.png$'", required: true),
    ]);

    public static LocationPathType Instance { get; } = new();

    public override string Name => "location text or table";

    public override string Expected => "\"/prefix\", \"= /exact\", \"^~ /prefix\", \"~ regex\", \"~* regex\" or \"@name\"";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Text, JsonShape.Table(Level));

    public override bool TryRead(TomlValue value, BindContext context, out LocationText result)
    {
        if (value is TomlTable table)
        {
            var start = context.At(table.Position);
            if (!Level.TryBind(new LocationText(new ConfigText("", start), default), table, context, out result))
            {
                return false;
            }

            if (result.Path is { Match: LocationMatch.Prefix } path && LocationPath.IsName(path.Pattern))
            {
                result = result with { Path = path with { Match = LocationMatch.Named } };
            }

            var text = LocationPath.Format(result.Path.Match, result.Path.Pattern);
            result = result with { Text = new ConfigText(text, start) };
            return TryCheck(result.Path, table.Position, table.Position, context);
        }

        if (value is TomlString whole)
        {
            return TryReadWord(Word.Whole(whole), context, out result);
        }

        result = new LocationText(new ConfigText("", context.At(value.Position)), default);
        return context.FailExpected(value, Expected);
    }

    public override bool TryReadWord(Word word, BindContext context, out LocationText result)
    {
        var well = LocationPath.TryParse(word.Text, out var path, out var error);
        result = new LocationText(context.Text(word.Source, word.Index, word.Text), path);
        return well
            ? TryCheck(path, word.Position, word.From(path.PatternIndex).Position, context)
            : context.Fail(word.Position, error!);
    }

    public override string Write(LocationText value)
    {
        var text = value.Text.Value;
        return LocationPath.TryParse(text, out var path, out _) && path.Match == value.Path.Match && path.Pattern == value.Path.Pattern
            ? TomlFormat.Quote(text)
            : $"{{ {string.Join(", ", Level.LevelKeys.Where(k => k.Write(value) is not null).Select(k => $"{k.Name} = {k.Write(value)}"))} }}";
    }

    private static bool TryCheck(LocationPath path, TomlPosition start, TomlPosition pattern, BindContext context)
    {
        if (!path.IsRegex)
        {
            return path.Match == LocationMatch.Named || path.Pattern.StartsWith('/') || context.Fail(start, $"found '{path.Pattern}', expected a path that starts with '/'");
        }

        var well = ConfigRegex.TryCreate(path.Pattern, path.Match == LocationMatch.RegexIgnoreCase, out _, out var error, out var index);
        context.State.Patterns.Add(new PatternText("path", new ConfigText(path.Pattern, context.At(pattern)), IsBroken: !well));
        return well || context.Fail(start == pattern ? start : pattern with { Column = pattern.Column + index }, error!);
    }
}
