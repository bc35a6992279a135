using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary><c>cors</c>: a table, or false.</summary>
internal sealed class CorsType : ValueType<CorsConfig>
{
    private const string Any = "*";

    private static readonly TextType s_method = new("method", "a method in capitals such as \"PUT\", or \"*\"", static text => FieldSyntax.IsName(text) && !text.Any(char.IsAsciiLetterLower));
    private static readonly TextType s_field = new("field name", "the name of a header field, or \"*\"", FieldSyntax.IsName);

    public static ConfigLevel<CorsConfig> Level { get; } = new("cors",
    [
        Key.Always<CorsConfig, IReadOnlyList<ConfigText>>(
            "allow_origin", new ListType<ConfigText>(OriginType.Instance), static c => c.AllowOrigin, static (c, v) => c with { AllowOrigin = v }, null,
            "The origins that may: `scheme://host`, with a port unless it is the scheme's own; `*.` before the host stands for all names below it; `~regex`, which must start with `^` and end with `$`; `null` for pages without an origin; `*` alone for all, which goes with no credentials.",
            "[\"https://app.example.com\", \"https://*.example.com\"]", required: true),
        Key.OptionalRef<CorsConfig, IReadOnlyList<string>>(
            "allow_methods", new ListType<string>(s_method), static c => c.AllowMethods, static (c, v) => c with { AllowMethods = v }, null,
            "The methods a request may have, or `*`. GET, HEAD and POST always may.", "[\"GET\", \"PUT\", \"DELETE\"]"),
        Key.OptionalRef<CorsConfig, IReadOnlyList<string>>(
            "allow_headers", new ListType<string>(s_field), static c => c.AllowHeaders, static (c, v) => c with { AllowHeaders = v }, null,
            "The fields a request may have beside those a form can send, or `*`, which does not stand for Authorization.", "[\"Authorization\", \"Content-Type\"]"),
        Key.OptionalRef<CorsConfig, IReadOnlyList<string>>(
            "expose_headers", new ListType<string>(s_field), static c => c.ExposeHeaders, static (c, v) => c with { ExposeHeaders = v }, null,
            "The fields of responses that scripts may read, or `*`.", "\"X-Request-ID\""),
        Key.Always<CorsConfig, bool>(
            "allow_credentials", BooleanType.Instance, static c => c.AllowCredentials, static (c, v) => c with { AllowCredentials = v }, "false",
            "Whether cookies, certificates and passwords may go along. Not beside any `*`.", "true"),
        Key.Optional<CorsConfig, TimeSpan>(
            "max_age", TimeType.FromZero, static c => c.MaxAge, static (c, v) => c with { MaxAge = v }, null,
            "How long a browser may remember the answer of a preflight, in whole seconds. Without it five seconds, by the browser's own rule.", "\"2h\""),
    ])
    {
        Complete = Check,
    };

    public override string Name => "table, or false";

    public override string Expected => "a table [cors] with 'allow_origin', or false";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Off, JsonShape.Table(Level));

    public override bool TryRead(TomlValue value, BindContext context, out CorsConfig result)
    {
        result = new CorsConfig { Source = context.At(value.Position), IsOn = false };
        return value switch
        {
            TomlBoolean { Value: false } => true,
            TomlTable table => Level.TryBind(result with { IsOn = true }, table, context, out result),
            _ => context.FailExpected(value, Expected),
        };
    }

    public override bool TryReadWord(Word word, BindContext context, out CorsConfig result)
    {
        result = new CorsConfig { Source = context.At(word.Position) };
        return context.FailExpected(word, Expected);
    }

    public override string Write(CorsConfig value) => value.IsOn
        ? $"{{ {string.Join(", ", Level.LevelKeys.Where(k => k.Write(value) is { } written && written != k.Default).Select(k => $"{k.Name} = {k.Write(value)!.ReplaceLineEndings(" ")}"))} }}"
        : "false";

    private static CorsConfig Check(CorsConfig cors, BoundKeys bound, BindContext context)
    {
        if (cors.AllowOrigin.Count > 1 && cors.AllowOrigin.Any(static origin => origin.Value == Any))
        {
            context.Fail(bound.PositionOf("allow_origin"), "'*' allows every origin, expected it alone");
        }

        CheckAlone("allow_methods", cors.AllowMethods, bound, context);
        CheckAlone("allow_headers", cors.AllowHeaders, bound, context);
        CheckAlone("expose_headers", cors.ExposeHeaders, bound, context);
        if (!cors.AllowCredentials)
        {
            return cors;
        }

        if (cors.AllowOrigin is [{ Value: Any }])
        {
            context.Fail(bound.PositionOf("allow_credentials"), "'allow_credentials' cannot stand beside allow_origin = \"*\": every page of the web could act as its visitor; name the origins");
        }

        foreach (var (name, list) in (ReadOnlySpan<(string, IReadOnlyList<string>?)>)[("allow_methods", cors.AllowMethods), ("allow_headers", cors.AllowHeaders), ("expose_headers", cors.ExposeHeaders)])
        {
            if (list is [Any])
            {
                context.Fail(bound.PositionOf(name), $"'{name}' = \"*\" cannot stand beside 'allow_credentials': browsers do not take it for a wildcard then; name them");
            }
        }

        return cors;
    }

    private static void CheckAlone(string name, IReadOnlyList<string>? list, BoundKeys bound, BindContext context)
    {
        if (list is { Count: > 1 } && list.Contains(Any))
        {
            context.Fail(bound.PositionOf(name), $"'*' stands for all in '{name}', expected it alone");
        }
    }
}
