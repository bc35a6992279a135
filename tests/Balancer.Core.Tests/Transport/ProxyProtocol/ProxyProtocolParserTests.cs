using System.Net;
using System.Text;
using Balancer.Http;

namespace Balancer.Transport.ProxyProtocol;

public sealed class ProxyProtocolParserTests
{
    private const string Signature = "0D0A0D0A000D0A515549540A";

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n", "192.0.2.1:56324", "198.51.100.7:443")]
    [InlineData("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535", "255.255.255.255:65535")]
    [InlineData("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0:0", "0.0.0.0:0")]
    [InlineData("PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n", "2001:db8::1:1", "2001:db8::2:2")]
    [InlineData("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:65535", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:65535")]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.1 2001:db8::2 1 2\r\n", "192.0.2.1:1", "2001:db8::2:2")]
    [InlineData("PROXY UNKNOWN\r\n", null, null)]
    [InlineData("PROXY UNKNOWN ffff::1 whatever 65535 1\r\n", null, null)]
    public void Version_1_names_source_and_destination(string text, string? source, string? destination) =>
        AssertAccepted(Encoding.ASCII.GetBytes(text), source, destination);

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY\r\n")]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY TCP4\r\n")]
    [InlineData("PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY UNKNOWNX\r\n")]
    [InlineData("PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4 ::1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP6 ::1%lo ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 [::1] ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 :::1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r ")]
    [InlineData("PROXY TCP4 1.2.3.4\t1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\0\r\n")]
    [InlineData("PROXY UNKNOWN xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n")]
    public void Malformed_version_1_is_refused(string text) => AssertRefused(Encoding.Latin1.GetBytes(text));

    [Theory]
    [InlineData("21 11 000C C0000201 C6336407 DC04 01BB", "192.0.2.1:56324", "198.51.100.7:443")]
    [InlineData("21 21 0024 20010DB8000000000000000000000001 20010DB8000000000000000000000002 0001 0002", "2001:db8::1:1", "2001:db8::2:2")]
    [InlineData("21 11 0010 C0000201 C6336407 DC04 01BB 04000100", "192.0.2.1:56324", "198.51.100.7:443")]
    [InlineData("20 00 0000", null, null)]
    [InlineData("20 11 000C C0000201 C6336407 DC04 01BB", null, null)]
    [InlineData("20 00 0004 04000100", null, null)]
    [InlineData("21 00 0000", null, null)]
    [InlineData("21 12 000C C0000201 C6336407 DC04 01BB", null, null)]
    [InlineData("21 01 0002 FFFF", null, null)]
    public void Version_2_names_source_and_destination(string hex, string? source, string? destination) =>
        AssertAccepted(Hex(Signature + hex), source, destination);

    [Theory]
    [InlineData("11 11 000C C0000201 C6336407 DC04 01BB")]
    [InlineData("31 11 000C C0000201 C6336407 DC04 01BB")]
    [InlineData("22 11 000C C0000201 C6336407 DC04 01BB")]
    [InlineData("21 11 000B C0000201 C6336407 DC04 01")]
    [InlineData("21 11 0000")]
    [InlineData("21 21 000C C0000201 C6336407 DC04 01BB")]
    [InlineData("21 41 000C C0000201 C6336407 DC04 01BB")]
    [InlineData("21 13 000C C0000201 C6336407 DC04 01BB")]
    [InlineData("21 11 0FF1")]
    [InlineData("20 00 FFFF")]
    public void Malformed_version_2_is_refused(string hex) => AssertRefused(Hex(Signature + hex));

    [Fact]
    public void Broken_signature_is_refused_at_once()
    {
        Assert.Equal(ProxyProtocolStatus.Invalid, ProxyProtocolParser.Parse(Hex("0D0A0D0A01"), out _));
        Assert.Equal(ProxyProtocolStatus.Invalid, ProxyProtocolParser.Parse("PROXX"u8, out _));
        Assert.Equal(ProxyProtocolStatus.NeedMore, ProxyProtocolParser.Parse(Hex(Signature), out _));
        Assert.Equal(ProxyProtocolStatus.NeedMore, ProxyProtocolParser.Parse("P"u8, out _));
        Assert.Equal(ProxyProtocolStatus.NeedMore, ProxyProtocolParser.Parse([], out _));
    }

    [Fact]
    public void Unix_addresses_name_nobody() =>
        AssertAccepted(Hex(Signature + "21 31 00D8").Concat(new byte[216]).ToArray(), null, null);

    [Theory]
    [InlineData(1, "192.0.2.1", "198.51.100.7", "192.0.2.1:5", "198.51.100.7:6")]
    [InlineData(2, "192.0.2.1", "198.51.100.7", "192.0.2.1:5", "198.51.100.7:6")]
    [InlineData(1, "2001:db8::1", "2001:db8::2", "2001:db8::1:5", "2001:db8::2:6")]
    [InlineData(2, "2001:db8::1", "2001:db8::2", "2001:db8::1:5", "2001:db8::2:6")]
    [InlineData(1, "192.0.2.1", "2001:db8::2", "192.0.2.1:5", "2001:db8::2:6")]
    [InlineData(2, "192.0.2.1", "2001:db8::2", "192.0.2.1:5", "2001:db8::2:6")]
    [InlineData(1, null, "192.0.2.1", null, null)]
    [InlineData(2, "192.0.2.1", null, null, null)]
    public void What_is_written_is_read_back(int version, string? from, string? to, string? source, string? destination)
    {
        var bytes = new byte[ProxyProtocolWriter.MaxLength];

        var length = ProxyProtocolWriter.Write(bytes, version, Address(from, 5), Address(to, 6));

        AssertAccepted(bytes[..length], source, destination);
    }

    [Fact]
    public void Written_bytes_are_those_of_the_specification()
    {
        var bytes = new byte[ProxyProtocolWriter.MaxLength];
        var length = ProxyProtocolWriter.Write(bytes, 1, Address("2001:db8::1", 56324), Address("192.0.2.1", 443));
        Assert.Equal("PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 56324 443\r\n", Encoding.ASCII.GetString(bytes, 0, length));

        length = ProxyProtocolWriter.Write(bytes, 2, Address("192.0.2.1", 56324), Address("198.51.100.7", 443));
        Assert.Equal(Hex(Signature + "21 11 000C C0000201 C6336407 DC04 01BB"), bytes[..length]);
    }

    [Fact]
    public void Mutated_headers_never_break_the_parser()
    {
        var random = new Random(3);
        var seeds = new[]
        {
            Encoding.ASCII.GetBytes("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\nGET / HTTP/1.1\r\n"),
            Encoding.ASCII.GetBytes("PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\nGET / HTTP/1.1\r\n"),
            Hex(Signature + "21 11 000C C0000201 C6336407 DC04 01BB 474554"),
            Hex(Signature + "21 21 0027 20010DB8000000000000000000000001 20010DB8000000000000000000000002 0001 0002 040000 474554"),
        };
        for (var i = 0; i < 20_000; i++)
        {
            var data = (byte[])seeds[i % seeds.Length].Clone();
            for (var n = random.Next(3); n >= 0; n--)
            {
                data[random.Next(data.Length)] = (byte)random.Next(256);
            }

            var status = ProxyProtocolParser.Parse(data.AsSpan(0, random.Next(data.Length + 1)), out var header);
            Assert.True(status == ProxyProtocolStatus.Complete ? header.Length > 0 && header.Length <= data.Length : header == default);
        }
    }

    private static void AssertAccepted(byte[] header, string? source, string? destination)
    {
        var withRequest = header.Concat("GET / HTTP/1.1\r\n"u8.ToArray()).ToArray();
        Assert.Equal(ProxyProtocolStatus.Complete, ProxyProtocolParser.Parse(withRequest, out var result));
        Assert.Equal(header.Length, result.Length);
        Assert.Equal(source, Text(result.Source));
        Assert.Equal(destination, Text(result.Destination));
        for (var length = 0; length < header.Length; length++)
        {
            Assert.Equal(ProxyProtocolStatus.NeedMore, ProxyProtocolParser.Parse(header.AsSpan(0, length), out _));
        }
    }

    private static void AssertRefused(byte[] data)
    {
        Assert.Equal(ProxyProtocolStatus.Invalid, ProxyProtocolParser.Parse(data, out var header));
        Assert.Equal(default, header);
    }

    private static string? Text(ClientAddress? address) => address is null ? null : $"{address.Address}:{address.Port}";

    private static ClientAddress Address(string? text, int port) => text is null ? ClientAddress.Unix : new(IPAddress.Parse(text), port);

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));
}
