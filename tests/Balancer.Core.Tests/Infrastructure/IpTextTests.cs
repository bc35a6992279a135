using System.Net;
using System.Text;

namespace Balancer.Infrastructure;

public class IpTextTests
{
    [Theory]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("2001:DB8::1", "2001:db8::1")]
    [InlineData("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8")]
    [InlineData("64:ff9b::192.0.2.1", "64:ff9b::c000:201")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:c000:201", "192.0.2.1")]
    public void Addresses_are_read(string text, string expected)
    {
        Span<byte> bytes = stackalloc byte[16];

        Assert.True(IpText.TryParse(Encoding.ASCII.GetBytes(text), bytes, out var length));
        Assert.Equal(IPAddress.Parse(expected).GetAddressBytes(), bytes[..length]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.")]
    [InlineData(".1.2.3")]
    [InlineData("1..2.3")]
    [InlineData("1.2.3.256")]
    [InlineData("1.2.3.4294967297")]
    [InlineData("01.2.3.4")]
    [InlineData("1.2.3.00")]
    [InlineData("0x1.2.3.4")]
    [InlineData("1.2.3.4 ")]
    [InlineData(" 1.2.3.4")]
    [InlineData("1.2.3.4:80")]
    [InlineData("3232235777")]
    [InlineData("[::1]")]
    [InlineData("::1%eth0")]
    [InlineData("::1%1")]
    [InlineData(":::1")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1::2::3")]
    [InlineData("12345::")]
    [InlineData("g::")]
    [InlineData("localhost")]
    [InlineData("1.2.3.\u0664")]
    public void Everything_else_is_refused(string text)
    {
        Span<byte> bytes = stackalloc byte[16];

        Assert.False(IpText.TryParse(Encoding.UTF8.GetBytes(text), bytes, out _));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("80", 80)]
    [InlineData("65535", 65535)]
    [InlineData("65536", -1)]
    [InlineData("080", -1)]
    [InlineData("00", -1)]
    [InlineData("", -1)]
    [InlineData("+1", -1)]
    [InlineData("-1", -1)]
    [InlineData(" 1", -1)]
    [InlineData("1a", -1)]
    [InlineData("99999999999", -1)]
    public void Ports_are_read(string text, int expected)
    {
        var isValid = IpText.TryParsePort(Encoding.ASCII.GetBytes(text), out var port);

        Assert.Equal(expected, isValid ? port : -1);
    }

    /// <summary>What every address looks like as text is read back as that address, and a mutation of it never as one that the framework would not read.</summary>
    [Fact]
    public void Random_addresses_and_their_mutations_agree_with_the_framework()
    {
        var random = new Random(1);
        Span<byte> read = stackalloc byte[16];
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = new byte[random.Next(2) == 0 ? 4 : 16];
            random.NextBytes(bytes.AsSpan(random.Next(bytes.Length)));
            var address = new IPAddress(bytes);
            var text = address.ToString();
            Assert.True(IpText.TryParse(Encoding.ASCII.GetBytes(text), read, out var length), text);
            Assert.Equal((address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes(), read[..length]);

            var mutated = text.ToCharArray();
            mutated[random.Next(mutated.Length)] = "0123456789abcdef.:%x "[random.Next(21)];
            if (IpText.TryParse(Encoding.ASCII.GetBytes(mutated), read, out length))
            {
                Assert.True(IPAddress.TryParse(mutated, out var same), new string(mutated));
                Assert.Equal((same.IsIPv4MappedToIPv6 ? same.MapToIPv4() : same).GetAddressBytes(), read[..length]);
            }
        }
    }
}
