using System.Buffers.Binary;

namespace Balancer.Failover;

public sealed class VrrpCodecTests
{
    private const long Second = 1_000_000;

    private static readonly NetworkAddress Group = Address("224.0.0.18");
    private static readonly NetworkAddress Group6 = Address("ff02::12");
    private static readonly NetworkAddress Other = Address("10.9.0.1");
    private static readonly NetworkAddress Other6 = Address("fe80::1");
    private static readonly NetworkAddress Vip = Address("10.9.0.100");

    [Fact]
    public void Version_3_is_written_as_keepalived_writes_it()
    {
        // Captured from keepalived 2.2.7: id 51, priority 110, one address, 1 s, from 10.9.0.1.
        Assert.Equal("31336e0100646b610a090064", Write(Codec(3), 110, Second));
    }

    [Fact]
    public void Version_2_is_written_as_keepalived_writes_it()
    {
        // Captured from keepalived 2.2.7: no authentication, but its eight bytes.
        Assert.Equal("21336e010001665d0a0900640000000000000000", Write(Codec(2), 110, Second));
    }

    [Fact]
    public void A_password_stands_in_clear_behind_the_addresses()
    {
        var packet = Write(Codec(2, password: "secret"u8.ToArray()), 110, Second);

        Assert.StartsWith("21336e010101", packet);
        Assert.EndsWith("0a0900647365637265740000", packet);
    }

    [Theory]
    [InlineData(10_000, "0001")]
    [InlineData(20_000, "0002")]
    [InlineData(100_000, "000a")]
    [InlineData(40_950_000, "0fff")]
    public void Version_3_counts_hundredths_of_a_second(long interval, string expected)
    {
        var packet = Write(Codec(3), 110, interval);

        Assert.Equal(expected, packet[8..12]);
        Assert.Equal(interval, Read(Codec(3), packet).Interval);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public void What_is_written_is_read(byte version, bool omitsPseudoHeader)
    {
        var codec = Codec(version, omitsPseudoHeader: omitsPseudoHeader);

        foreach (var priority in (byte[])[0, 1, 100, 255])
        {
            Assert.Equal(new VrrpAdvertisement(Other, priority, Second), Read(codec, Write(codec, priority, Second)));
        }
    }

    [Fact]
    public void Both_checksums_of_version_3_are_heeded()
    {
        Assert.Equal(110, Read(Codec(3), Write(Codec(3, omitsPseudoHeader: true), 110, Second)).Priority);
        Assert.Equal(110, Read(Codec(3, omitsPseudoHeader: true), Write(Codec(3), 110, Second)).Priority);
    }

    [Fact]
    public void IPv6_is_written_and_read()
    {
        var codec = new VrrpCodec(3, 51, [Address("fe80::64"), Address("fd00:9::100")], null, false);
        var output = new byte[VrrpCodec.MaxLength];
        var packet = output.AsSpan(0, codec.Write(output, 110, Second, Other6, Group6));

        Assert.Equal(40, packet.Length);
        Assert.Equal(VrrpDrop.None, codec.TryRead(packet, 255, Other6, Group6, Second, out var advertisement));
        Assert.Equal(new VrrpAdvertisement(Other6, 110, Second), advertisement);
    }

    [Theory]
    [InlineData("31336e0100646b610a090064", 255, "224.0.0.18", "None")]
    [InlineData("31336e0100646b610a090064", 254, "224.0.0.18", "Ttl")]
    [InlineData("31336e0100646b610a090064", 1, "224.0.0.18", "Ttl")]
    [InlineData("", 255, "224.0.0.18", "Length")]
    [InlineData("31336e0100646b", 255, "224.0.0.18", "Length")]
    [InlineData("31336e0100646b61", 255, "224.0.0.18", "Length")]
    [InlineData("31336e0100646b610a0900", 255, "224.0.0.18", "Length")]
    [InlineData("31336e0100646b610a09006400", 255, "224.0.0.18", "Length")]
    [InlineData("31336e0200646b610a090064", 255, "224.0.0.18", "Length")]
    [InlineData("31336eff00646b610a090064", 255, "224.0.0.18", "Length")]
    [InlineData("21336e0100646b610a090064", 255, "224.0.0.18", "Version")]
    [InlineData("41336e0100646b610a090064", 255, "224.0.0.18", "Version")]
    [InlineData("01336e0100646b610a090064", 255, "224.0.0.18", "Version")]
    [InlineData("30336e0100646b610a090064", 255, "224.0.0.18", "Type")]
    [InlineData("32336e0100646b610a090064", 255, "224.0.0.18", "Type")]
    [InlineData("31346e0100646b610a090064", 255, "224.0.0.18", "RouterId")]
    [InlineData("31336f0100646b610a090064", 255, "224.0.0.18", "Checksum")]
    [InlineData("31336e0100646b620a090064", 255, "224.0.0.18", "Checksum")]
    [InlineData("31336e010064ffff0a090064", 255, "224.0.0.18", "Checksum")]
    [InlineData("31336e01006400000a090064", 255, "224.0.0.18", "Checksum")]
    public void A_packet_is_heeded_or_dropped_for_its_first_fault(string packet, byte ttl, string destination, string expected) =>
        Assert.Equal(expected, Codec(3).TryRead(Convert.FromHexString(packet), ttl, Other, Address(destination), Second, out _).ToString());

    [Fact]
    public void The_TTL_of_unicast_is_not_looked_at()
    {
        var output = new byte[VrrpCodec.MaxLength];
        var length = Codec(3).Write(output, 110, Second, Other, Address("10.9.0.2"));

        Assert.Equal(VrrpDrop.None, Codec(3).TryRead(output.AsSpan(0, length), 17, Other, Address("10.9.0.2"), Second, out _));
    }

    [Theory]
    [InlineData("10.9.0.101")]
    [InlineData("10.9.0.100", "10.9.0.101")]
    public void Another_list_of_addresses_is_dropped(params string[] addresses)
    {
        var theirs = new VrrpCodec(3, 51, [.. addresses.Select(Address)], null, false);

        Assert.Equal(VrrpDrop.Addresses, Drop(Codec(3), Write(theirs, 110, Second)));
    }

    [Fact]
    public void The_order_of_addresses_does_not_matter()
    {
        var ours = new VrrpCodec(3, 51, [Vip, Address("10.9.0.101")], null, false);
        var theirs = new VrrpCodec(3, 51, [Address("10.9.0.101"), Vip], null, false);

        Assert.Equal(VrrpDrop.None, Drop(ours, Write(theirs, 110, Second)));
        Assert.Equal(VrrpDrop.Addresses, Drop(ours, Write(new VrrpCodec(3, 51, [Vip, Vip], null, false), 110, Second)));
    }

    [Fact]
    public void Version_2_demands_the_same_interval_and_password()
    {
        Assert.Equal(VrrpDrop.Interval, Drop(Codec(2), Write(Codec(2), 110, 2 * Second)));
        Assert.Equal(VrrpDrop.Authentication, Drop(Codec(2), Write(Codec(2, password: "secret"u8.ToArray()), 110, Second)));
        Assert.Equal(VrrpDrop.Authentication, Drop(Codec(2, password: "secret"u8.ToArray()), Write(Codec(2), 110, Second)));
        Assert.Equal(VrrpDrop.Authentication, Drop(Codec(2, password: "secret"u8.ToArray()), Write(Codec(2, password: "Secret"u8.ToArray()), 110, Second)));
        Assert.Equal(VrrpDrop.None, Drop(Codec(2, password: "secret"u8.ToArray()), Write(Codec(2, password: "secret"u8.ToArray()), 110, Second)));
    }

    [Fact]
    public void Version_3_takes_any_interval_but_zero()
    {
        Assert.Equal(VrrpDrop.None, Drop(Codec(3), Write(Codec(3), 110, 3 * Second)));
        Assert.Equal(VrrpDrop.Interval, Drop(Codec(3), Write(Codec(3), 110, 0)));
    }

    [Fact]
    public void The_reserved_bits_of_version_3_are_not_part_of_the_interval()
    {
        var packet = Convert.FromHexString(Write(Codec(3), 110, Second));
        packet[4] |= 0xF0;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), 0);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), InternetChecksum.Finish(InternetChecksum.Add(0, packet)));

        Assert.Equal(Second, Read(Codec(3), Convert.ToHexString(packet)).Interval);
    }

    [Fact]
    public void Packets_with_any_faults_are_dropped_or_say_what_was_written()
    {
        var random = new Random(112);
        VrrpCodec[] codecs = [Codec(2), Codec(3), Codec(2, password: "12345678"u8.ToArray())];
        var heeded = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var codec = codecs[i % codecs.Length];
            var packet = Convert.FromHexString(Write(codec, 110, Second));
            for (var n = random.Next(4); n > 0; n--)
            {
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            }

            Array.Resize(ref packet, random.Next(10) == 0 ? random.Next(packet.Length + 8) : packet.Length);
            if (codec.TryRead(packet, 255, Other, Group, Second, out var advertisement) == VrrpDrop.None)
            {
                heeded++;
                Assert.True(advertisement.Interval is >= 10_000 and <= 40_950_000);
                Assert.Equal(Other, advertisement.Source);
            }
        }

        Assert.InRange(heeded, 20_000, 40_000);
    }

    private static NetworkAddress Address(string text) => NetworkAddress.TryParse(text, out var address) ? address : throw new FormatException(text);

    private static VrrpCodec Codec(byte version, byte[]? password = null, bool omitsPseudoHeader = false) => new(version, 51, [Vip], password, omitsPseudoHeader);

    private static string Write(VrrpCodec codec, byte priority, long interval)
    {
        var output = new byte[VrrpCodec.MaxLength];
        return Convert.ToHexStringLower(output.AsSpan(0, codec.Write(output, priority, interval, Other, Group)));
    }

    private static VrrpAdvertisement Read(VrrpCodec codec, string packet)
    {
        Assert.Equal(VrrpDrop.None, codec.TryRead(Convert.FromHexString(packet), 255, Other, Group, Second, out var advertisement));
        return advertisement;
    }

    private static VrrpDrop Drop(VrrpCodec codec, string packet) => codec.TryRead(Convert.FromHexString(packet), 255, Other, Group, Second, out _);
}
