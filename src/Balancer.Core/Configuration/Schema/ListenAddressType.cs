using System.Net;
using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The address of <c>listen</c>; in a table also a bare port number.</summary>
internal sealed class ListenAddressType : WordType<EndPoint>
{
    public override string Name => "address or port";

    public override string Expected => "an address such as \"80\", \"127.0.0.1:8080\", \"[::]:80\" or \"unix:/path\"";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Number(0, 65535), JsonShape.Text);

    public override bool TryRead(TomlValue value, BindContext context, out EndPoint result)
    {
        if (value is TomlInteger { Value: >= 0 and <= IPEndPoint.MaxPort } port)
        {
            result = new IPEndPoint(IPAddress.Any, (int)port.Value);
            return true;
        }

        return base.TryRead(value, context, out result);
    }

    public override bool TryReadWord(Word word, BindContext context, out EndPoint result)
    {
        if (ListenAddress.TryParse(word.Text, out var endPoint, out var error))
        {
            result = endPoint;
            return true;
        }

        result = new IPEndPoint(IPAddress.Any, 0);
        return context.Fail(word.Position, error);
    }

    public override string WriteWord(EndPoint value) => ListenAddress.Format(value);
}
