using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>One line of <c>error_page</c>: statuses, perhaps <c>=</c> or <c>=STATUS</c>, and the target; or a table of these.</summary>
internal sealed class ErrorPageType : ValueType<ErrorPageConfig>
{
    private const int LeastStatus = 300;
    private const int GreatestStatus = 599;

    /// <summary>Statuses of nginx that nobody gets from balancerd.</summary>
    private static readonly Dictionary<int, string> s_others = new()
    {
        [444] = "closes the connection without an answer",
        [494] = "is 431 here",
        [495] = "is 400 here",
        [496] = "is 400 here",
        [497] = "is 400 here",
        [499] = "stands for a client that has gone: there is nobody to answer",
    };

    private static readonly IntegerType s_status = new(LeastStatus, GreatestStatus);

    public static ConfigLevel<ErrorPageConfig> Level { get; } = new("error_page",
    [
        Key.Always<ErrorPageConfig, IReadOnlyList<int>>(
            "status", new ListType<int>(s_status), static p => p.Statuses, static (p, v) => p with { Statuses = v }, null,
            "The statuses it stands for, 300 to 599. The first words of the line.", "[500, 502]", required: true),
        Key.Optional<ErrorPageConfig, int>(
            "response", ErrorPageStatusType.Instance, static p => p.Response, static (p, v) => p with { Response = v }, null,
            "The status the client gets instead, or `\"target\"` for that of the target. In the line `=STATUS`, or `=` alone, before the last word. Without it the original one.", "200"),
        Key.Always<ErrorPageConfig, ConfigText>(
            "target", TemplateType.NotEmpty, static p => p.Target, static (p, v) => p with { Target = v }, null,
            "With variables: a path, to which the request is redirected within the gateway, as a GET (or HEAD); `@name`, the location of that name, which gets the request as it is; or a URL, to which the client is redirected. The last word.", "\"/sorry.html\"", required: true),
    ])
    {
        Complete = Check,
    };

    /// <summary>The one there is.</summary>
    public static ErrorPageType Instance { get; } = new();

    public override string Name => "phrase or table";

    public override string Expected => "a line such as \"404 /404.html\", \"500 502 503 =200 /sorry\" or \"502 = @fallback\"";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Text, JsonShape.Table(Level));

    public override bool TryRead(TomlValue value, BindContext context, out ErrorPageConfig result)
    {
        result = Blank(context.At(value.Position));
        return value switch
        {
            TomlString text => TryReadLine(text, context, ref result),
            TomlTable table => Level.TryBind(result, table, context, out result),
            _ => context.FailExpected(value, Expected),
        };
    }

    public override bool TryReadWord(Word word, BindContext context, out ErrorPageConfig result)
    {
        result = Blank(context.At(word.Position));
        return context.FailExpected(word, Expected);
    }

    public override string Write(ErrorPageConfig value)
    {
        var target = value.Target.Written;
        if (Phrase.IsPlainWord(target))
        {
            var response = value.Response is { } status ? status == 0 ? "= " : $"={status} " : "";
            return TomlFormat.Quote($"{string.Join(' ', value.Statuses)} {response}{target}");
        }

        return $"{{ {string.Join(", ", Level.LevelKeys.Where(k => k.Write(value) is not null).Select(k => $"{k.Name} = {k.Write(value)}"))} }}";
    }

    private static ErrorPageConfig Blank(SourceLocation source) => new(source, [], null, new ConfigText("", source));

    private bool TryReadLine(TomlString line, BindContext context, ref ErrorPageConfig result)
    {
        if (!context.TrySplit(line, 0, out var words))
        {
            return false;
        }

        if (words.Count < 2)
        {
            return context.FailExpected(line, Expected);
        }

        var start = context.At(line.PositionOf(0));
        var well = TemplateType.NotEmpty.TryReadWord(words[^1], context, out var target);
        var statuses = words.Count - 1;
        int? response = null;
        if (words[^2].Text.StartsWith('='))
        {
            statuses--;
            well &= TryReadResponse(words[^2], context, out response);
        }

        if (statuses == 0)
        {
            return context.Fail(line.PositionOf(0), $"found no status, expected {Expected}");
        }

        var read = new List<int>(statuses);
        foreach (var word in words[..statuses])
        {
            well &= s_status.TryReadWord(word, context, out var status);
            read.Add(status);
        }

        result = new ErrorPageConfig(start, read, response, target);
        return well && IsConsistent(result, line.PositionOf(0), words[^1].Position, context);
    }

    private static bool TryReadResponse(Word word, BindContext context, out int? response)
    {
        response = 0;
        if (word.Text.Length == 1)
        {
            return true;
        }

        var well = ErrorPageStatusType.Instance.TryReadWord(word.From(1), context, out var status);
        response = status;
        return well;
    }

    private static ErrorPageConfig Check(ErrorPageConfig page, BoundKeys bound, BindContext context)
    {
        if (bound.Has("status") && bound.Has("target"))
        {
            IsConsistent(page, bound.PositionOf("status"), bound.PositionOf("target"), context);
        }

        return page;
    }

    private static bool IsConsistent(ErrorPageConfig page, TomlPosition start, TomlPosition target, BindContext context)
    {
        foreach (var status in page.Statuses)
        {
            if (s_others.TryGetValue(status, out var reason))
            {
                return context.Fail(start, $"{status} {reason}");
            }
        }

        var text = page.Target.Value;
        if (FieldSyntax.IndexOfForbidden(text) >= 0)
        {
            return context.Fail(target, "a target cannot hold control characters");
        }

        if (text == "@" || !(text[0] is '/' or '@' or '$' || IsUrl(text)))
        {
            return context.Fail(target, $"found {BindContext.Show(text)}, expected a path that starts with '/', the name of a location such as '@fallback', or a URL");
        }

        return !IsUrl(text) || page.Response is null || ReturnLevel.IsRedirect(page.Response.Value)
            || context.Fail(target, "a URL is answered with a redirect, expected no status, or =301, =302, =303, =307 or =308 before it");
    }

    private static bool IsUrl(string text) => text.StartsWith("http://", StringComparison.Ordinal) || text.StartsWith("https://", StringComparison.Ordinal);
}
