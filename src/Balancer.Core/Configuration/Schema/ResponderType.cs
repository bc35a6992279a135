using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The address of an OCSP responder, which is spoken to in HTTP (its responses are signed).</summary>
internal sealed class ResponderType : WordType<ConfigText>
{
    public override string Name => "http address";

    public override string Expected => "an address such as \"http://ocsp.example.com/\"";

    public override bool TryReadWord(Word word, BindContext context, out ConfigText result)
    {
        result = new ConfigText(word.Text, context.At(word.Position));
        return (Uri.TryCreate(word.Text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp) || context.FailExpected(word, Expected);
    }

    public override string WriteWord(ConfigText value) => value.Value;
}
