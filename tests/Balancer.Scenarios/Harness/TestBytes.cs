using System.Text;

namespace Balancer.Harness;

/// <summary>Bodies that show every lost, doubled or moved byte.</summary>
internal static class TestBytes
{
    /// <summary>That many reproducible random bytes.</summary>
    public static byte[] Random(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The same bytes in chunked coding, in chunks of the sizes given, again and again.</summary>
    public static byte[] Chunked(byte[] body, string trailers, params int[] sizes)
    {
        var text = new MemoryStream();
        for (int at = 0, i = 0; at < body.Length; i++)
        {
            var size = Math.Min(sizes[i % sizes.Length], body.Length - at);
            text.Write(Encoding.ASCII.GetBytes($"{size:x}\r\n"));
            text.Write(body, at, size);
            text.Write("\r\n"u8);
            at += size;
        }

        text.Write(Encoding.ASCII.GetBytes($"0\r\n{trailers}\r\n"));
        return text.ToArray();
    }

    /// <summary>One character a byte.</summary>
    public static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
