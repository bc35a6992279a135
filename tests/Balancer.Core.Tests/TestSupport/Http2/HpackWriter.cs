using System.Text;

namespace Balancer.TestSupport.Http2;

/// <summary>Writes header blocks the plainest way: literals that are not indexed, one character a byte (RFC 7541 section 6.2.2).</summary>
internal static class HpackWriter
{
    public static byte[] Write(params (string Name, string Value)[] fields) => [.. fields.SelectMany(f => Literal(f.Name, f.Value))];

    public static byte[] Literal(string name, string value) => [0, .. Text(name), .. Text(value)];

    /// <summary>A literal that goes into the dynamic table (section 6.2.1).</summary>
    public static byte[] Indexed(string name, string value) => [0x40, .. Text(name), .. Text(value)];

    /// <summary>A string literal without Huffman coding (section 5.2).</summary>
    public static byte[] Text(string text) => [.. Integer(text.Length, 7, 0), .. Encoding.Latin1.GetBytes(text)];

    /// <summary>An integer behind the first bits of a byte (section 5.1).</summary>
    public static byte[] Integer(int value, int prefixBits, byte first)
    {
        var max = (1 << prefixBits) - 1;
        if (value < max)
        {
            return [(byte)(first | value)];
        }

        var bytes = new List<byte> { (byte)(first | max) };
        for (value -= max; value >= 128; value >>= 7)
        {
            bytes.Add((byte)((value & 127) | 128));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
