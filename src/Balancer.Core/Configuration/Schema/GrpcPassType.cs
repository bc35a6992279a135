using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The value of <c>grpc_pass</c>; whether its upstream exists is checked when all files are read.</summary>
internal sealed class GrpcPassType : WordType<ConfigText>
{
    public override string Name => "URL";

    public override string Expected => "a URL such as \"grpc://upstream_name\" or \"grpcs://10.0.0.1:8443\"";

    public override bool TryReadWord(Word word, BindContext context, out ConfigText result)
    {
        result = context.Text(word.Source, word.Index, word.Text);
        return ProxyPassTarget.TryParseGrpc(word.Text, out _, out var error, out var index) || context.Fail(word.From(index).Position, error);
    }

    public override string WriteWord(ConfigText value) => value.Value;
}
