using System.Text;

namespace Balancer.Upstreams.Resolution;

/// <summary>Host names as DNS messages carry them: labels with their length before them, a zero at the end (RFC 1035 section 3.1).</summary>
internal static class DnsName
{
    /// <summary>The greatest length of a name, lengths of labels and the end included.</summary>
    public const int MaxLength = 255;

    private const int MaxLabelLength = 63;

    /// <summary>The name as it goes into a message; false when it is none that can be asked for.</summary>
    public static bool TryEncode(string host, out byte[] name)
    {
        name = [];
        var text = host.EndsWith('.') ? host[..^1] : host;
        if (text.Length == 0 || text.Length + 2 > MaxLength || !Ascii.IsValid(text))
        {
            return false;
        }

        var encoded = new byte[text.Length + 2];
        var at = 0;
        foreach (var label in text.Split('.'))
        {
            if (label.Length is 0 or > MaxLabelLength)
            {
                return false;
            }

            encoded[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label, encoded.AsSpan(at));
        }

        name = encoded;
        return true;
    }

    /// <summary>Whether two encoded names are the same; the case of letters does not matter.</summary>
    public static bool AreSame(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => Ascii.EqualsIgnoreCase(a, b);
}
