using System.Text;

namespace Balancer.TestSupport.Http2;

/// <summary>Reads the header blocks of one connection (RFC 7541), strings with Huffman coding excepted.</summary>
internal sealed class HpackReader
{
    private static readonly (string Name, string Value)[] Static =
    [
        (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"), (":path", "/index.html"), (":scheme", "http"), (":scheme", "https"),
        (":status", "200"), (":status", "204"), (":status", "206"), (":status", "304"), (":status", "400"), (":status", "404"), (":status", "500"),
        ("accept-charset", ""), ("accept-encoding", "gzip, deflate"), ("accept-language", ""), ("accept-ranges", ""), ("accept", ""), ("access-control-allow-origin", ""),
        ("age", ""), ("allow", ""), ("authorization", ""), ("cache-control", ""), ("content-disposition", ""), ("content-encoding", ""), ("content-language", ""),
        ("content-length", ""), ("content-location", ""), ("content-range", ""), ("content-type", ""), ("cookie", ""), ("date", ""), ("etag", ""), ("expect", ""),
        ("expires", ""), ("from", ""), ("host", ""), ("if-match", ""), ("if-modified-since", ""), ("if-none-match", ""), ("if-range", ""), ("if-unmodified-since", ""),
        ("last-modified", ""), ("link", ""), ("location", ""), ("max-forwards", ""), ("proxy-authenticate", ""), ("proxy-authorization", ""), ("range", ""), ("referer", ""),
        ("refresh", ""), ("retry-after", ""), ("server", ""), ("set-cookie", ""), ("strict-transport-security", ""), ("transfer-encoding", ""), ("user-agent", ""),
        ("vary", ""), ("via", ""), ("www-authenticate", ""),
    ];

    private readonly List<(string Name, string Value)> _dynamic = [];
    private int _capacity = 4096;

    public List<(string Name, string Value)> Read(byte[] block)
    {
        var fields = new List<(string Name, string Value)>();
        var position = 0;
        while (position < block.Length)
        {
            var first = block[position];
            if ((first & 0x80) != 0)
            {
                fields.Add(Entry(Integer(block, ref position, 7)));
            }
            else if ((first & 0xe0) == 0x20)
            {
                _capacity = Integer(block, ref position, 5);
                Evict();
            }
            else
            {
                var isIndexed = (first & 0x40) != 0;
                var index = Integer(block, ref position, isIndexed ? 6 : 4);
                var name = index == 0 ? Text(block, ref position) : Entry(index).Name;
                var field = (name, Text(block, ref position));
                fields.Add(field);
                if (isIndexed)
                {
                    _dynamic.Insert(0, field);
                    Evict();
                }
            }
        }

        return fields;
    }

    private (string Name, string Value) Entry(int index) => index <= Static.Length ? Static[index - 1] : _dynamic[index - 1 - Static.Length];

    private void Evict()
    {
        while (_dynamic.Sum(f => f.Name.Length + f.Value.Length + 32) > _capacity)
        {
            _dynamic.RemoveAt(_dynamic.Count - 1);
        }
    }

    private static string Text(byte[] block, ref int position)
    {
        Assert.True((block[position] & 0x80) == 0, "Huffman coding");
        var length = Integer(block, ref position, 7);
        position += length;
        return Encoding.Latin1.GetString(block, position - length, length);
    }

    private static int Integer(byte[] block, ref int position, int prefixBits)
    {
        var max = (1 << prefixBits) - 1;
        var value = block[position++] & max;
        if (value < max)
        {
            return value;
        }

        for (var shift = 0; ; shift += 7)
        {
            var next = block[position++];
            value += (next & 127) << shift;
            if ((next & 128) == 0)
            {
                return value;
            }
        }
    }
}
