using System.Globalization;
using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The value of <c>proxy_http_version</c>, with or without quotes.</summary>
internal sealed class UpstreamHttpVersionType : WordType<UpstreamHttpVersion>
{
    public override string Name => "version";

    public override string Expected => "\"1.1\" or \"2\"";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Words(["1.1", "2", "2.0"]), new JsonObject { ["enum"] = new JsonArray(1.1, 2) });

    public override bool TryRead(TomlValue value, BindContext context, out UpstreamHttpVersion result)
    {
        switch (value)
        {
            case TomlFloat number when Of(number.Value.ToString("0.0", CultureInfo.InvariantCulture)) is { } version:
                result = version;
                return true;
            case TomlInteger { Value: 2 }:
                result = UpstreamHttpVersion.Http2;
                return true;
            default:
                return base.TryRead(value, context, out result);
        }
    }

    public override bool TryReadWord(Word word, BindContext context, out UpstreamHttpVersion result)
    {
        if (Of(word.Text) is { } version)
        {
            result = version;
            return true;
        }

        result = default;
        return word.Text == "1.0"
            ? context.Fail(word.Position, $"found '1.0', expected {Expected}: HTTP/1.0 keeps no connection and is not spoken to upstream servers")
            : context.FailExpected(word, Expected);
    }

    public override string WriteWord(UpstreamHttpVersion value) => value == UpstreamHttpVersion.Http2 ? "2" : "1.1";

    private static UpstreamHttpVersion? Of(string text) => text switch
    {
        "1.1" => UpstreamHttpVersion.Http11,
        "2" or "2.0" => UpstreamHttpVersion.Http2,
        _ => null,
    };
}
