using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The parts of <c>return</c>.</summary>
internal static class ReturnLevel
{
    private const int LeastStatus = 200;
    private const int GreatestStatus = 999;

    public static ConfigLevel<ReturnConfig> Level { get; } = new("return",
    [
        Key.Always<ReturnConfig, int>(
            "status", new IntegerType(LeastStatus, GreatestStatus), static r => r.Status, static (r, v) => r with { Status = v }, null,
            "200 to 999; 444 closes the connection without an answer. The first word; alone it may be a number.", "301", required: true),
        Key.OptionalRef<ReturnConfig, ConfigText>(
            "text", TemplateType.Any, static r => r.Text, static (r, v) => r with { Text = v }, null,
            "With variables: the URL for 301, 302, 303, 307 and 308, the body otherwise. The rest of the line, blanks included.", "\"https://$host$request_uri\""),
    ])
    {
        Complete = Check,
    };

    public static PhraseType<ReturnConfig> Phrase { get; } = new(
        Level, static _ => new ReturnConfig(0, null), ["status", "text"], "a status, a status and a text, or a URL, such as \"404\", \"200 ok\" or \"301 https://$host$request_uri\"", lastTakesRest: true)
    {
        AllowsInteger = true,
    };

    public static ReturnType Type { get; } = new();

    /// <summary>Whether the text of a status is the URL it leads to.</summary>
    public static bool IsRedirect(int status) => status is 301 or 302 or 303 or 307 or 308;

    private static ReturnConfig Check(ReturnConfig value, BoundKeys bound, BindContext context)
    {
        if (!bound.Has("status"))
        {
            return value;
        }

        if (IsRedirect(value.Status) && string.IsNullOrEmpty(value.Text?.Value))
        {
            context.Fail(bound.Start, $"{value.Status} needs a URL after it, such as \"{value.Status} https://$host$request_uri\"");
        }
        else if (value.Status is 204 or 304 or 444 && value.Text is not null)
        {
            context.Fail(bound.PositionOf("text"), $"a {value.Status} has no body, expected the status alone");
        }
        else if (IsRedirect(value.Status) && FieldSyntax.IndexOfForbidden(value.Text!.Value) >= 0)
        {
            context.Fail(bound.PositionOf("text"), "a URL cannot hold control characters");
        }

        return value;
    }
}
