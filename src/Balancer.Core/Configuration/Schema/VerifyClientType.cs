using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary><c>ssl_verify_client</c>: a word, or a boolean for the two that are a switch.</summary>
internal sealed class VerifyClientType : WordType<TlsClientVerification>
{
    private readonly ChoiceType<TlsClientVerification> _words = new(
        ("off", TlsClientVerification.Off), ("on", TlsClientVerification.On), ("optional", TlsClientVerification.Optional), ("optional_no_ca", TlsClientVerification.OptionalNoCa));

    public override string Name => _words.Name;

    public override string Expected => _words.Expected;

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Switch, _words.Shape);

    public override bool TryRead(TomlValue value, BindContext context, out TlsClientVerification result)
    {
        if (value is TomlBoolean boolean)
        {
            result = boolean.Value ? TlsClientVerification.On : TlsClientVerification.Off;
            return true;
        }

        return base.TryRead(value, context, out result);
    }

    public override bool TryReadWord(Word word, BindContext context, out TlsClientVerification result) => _words.TryReadWord(word, context, out result);

    public override string WriteWord(TlsClientVerification value) => _words.WriteWord(value);
}
