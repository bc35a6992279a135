using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary><c>ssl_protocols</c>: versions of TLS.</summary>
internal sealed class TlsProtocolsType : ValueType<TlsProtocols>
{
    private static readonly string[] Broken = ["SSLv2", "SSLv3", "TLSv1", "TLSv1.1"];

    private readonly ListType<Word> _words = new(new AnyWordType(), splits: true);

    public override string Name => "words";

    public override string Expected => "TLSv1.2, TLSv1.3 or both";

    public override JsonObject Shape => _words.Shape;

    public override bool TryRead(TomlValue value, BindContext context, out TlsProtocols result)
    {
        result = TlsProtocols.None;
        if (!_words.TryRead(value, context, out var words))
        {
            return false;
        }

        var well = true;
        foreach (var word in words)
        {
            well &= TryReadOne(word, context, ref result);
        }

        return well;
    }

    public override bool TryReadWord(Word word, BindContext context, out TlsProtocols result)
    {
        result = TlsProtocols.None;
        return TryReadOne(word, context, ref result);
    }

    public override string Write(TlsProtocols value) =>
        $"[{string.Join(", ", Enum.GetValues<TlsProtocols>().Where(v => v != TlsProtocols.None && value.HasFlag(v)).Select(static v => v == TlsProtocols.Tls12 ? "\"TLSv1.2\"" : "\"TLSv1.3\""))}]";

    private bool TryReadOne(Word word, BindContext context, ref TlsProtocols result)
    {
        if (Broken.Contains(word.Text))
        {
            return context.Fail(word.Position, $"found '{word.Text}', which is broken and not supported, expected {Expected}");
        }

        var one = word.Text switch
        {
            "TLSv1.2" => TlsProtocols.Tls12,
            "TLSv1.3" => TlsProtocols.Tls13,
            _ => TlsProtocols.None,
        };
        result |= one;
        return one != TlsProtocols.None || context.FailExpected(word, Expected);
    }

    private sealed class AnyWordType : WordType<Word>
    {
        public override string Name => "word";

        public override string Expected => "TLSv1.2 or TLSv1.3";

        public override bool TryReadWord(Word word, BindContext context, out Word result)
        {
            result = word;
            return true;
        }
    }
}
