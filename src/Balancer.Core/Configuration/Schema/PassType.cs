using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The value of <c>proxy_pass</c> or <c>grpc_pass</c>; whether its upstream exists is checked when all files are read.</summary>
internal sealed class PassType : WordType<ConfigText>
{
    private readonly TryParse _tryParse;

    private PassType(string examples, TryParse tryParse)
    {
        Expected = $"a URL such as {examples}";
        _tryParse = tryParse;
    }

    private delegate bool TryParse(string text, out ProxyPassTarget? target, out string? error, out int errorIndex);

    /// <summary>Of <c>proxy_pass</c>.</summary>
    public static PassType Proxy { get; } = new("\"http://upstream_name\" or \"http://10.0.0.1:8080/path/\"", ProxyPassTarget.TryParse);

    /// <summary>Of <c>grpc_pass</c>.</summary>
    public static PassType Grpc { get; } = new("\"grpc://upstream_name\" or \"grpcs://10.0.0.1:8443\"", ProxyPassTarget.TryParseGrpc);

    public override string Name => "URL";

    public override string Expected { get; }

    public override bool TryReadWord(Word word, BindContext context, out ConfigText result)
    {
        result = context.Text(word.Source, word.Index, word.Text);
        return _tryParse(word.Text, out _, out var error, out var index) || context.Fail(word.From(index).Position, error!);
    }

    public override string WriteWord(ConfigText value) => value.Value;
}
