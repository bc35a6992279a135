using System.Buffers;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The URL of a collector; a bare <c>host:port</c> is one of <c>http</c>, as in nginx.</summary>
internal sealed class CollectorUrlType : WordType<string>
{
    private static readonly SearchValues<char> s_notInEndpoints = SearchValues.Create("?#$@ \\");

    public override string Name => "URL";

    public override string Expected => "the URL of a collector such as \"https://collector.internal:4317\", or host:port";

    public override bool TryReadWord(Word word, BindContext context, out string result)
    {
        var text = word.Text;
        result = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return (FieldSyntax.IndexOfForbidden(text) < 0
            && !text.AsSpan().ContainsAny(s_notInEndpoints)
            && Uri.TryCreate(result, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            && UpstreamAddress.TryParse(url.Authority, out _, out _)) || context.FailExpected(word, Expected);
    }

    public override string WriteWord(string value) => value;
}
