using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Balancer.Harness;
using Xunit.Abstractions;

namespace Balancer.Failover;

/// <summary>What anybody on the segment may send: a master that heeds none of it, counts it by what is wrong, and does not spend itself on it.</summary>
[Collection(HeavyLoad.Name)]
public sealed class HostileScenarios(ITestOutputHelper output)
{
    private const int Packets = 1_000_000;
    private const int HeaderLength = 20;
    private const int TtlOffset = 8;

    private static readonly NetworkAddress Group = Address("224.0.0.18");

    [SegmentFact]
    public async Task A_million_malformed_and_hostile_advertisements_change_nothing()
    {
        await using var segment = new Segment();
        await using var master = await SegmentGateway.StartAsync(segment.Gateway1, 100, 0.1);
        await master.WaitForStateAsync("master");
        var cpu = master.CpuTime;
        var sentBefore = master.Metric("balancer_vrrp_advertisements_sent_total");

        Segment.Run(segment.Client, () =>
        {
            Flood(segment.Gateway1.Address, segment.Gateway2.Address);
            return 0;
        });

        var dropped = 0.0;
        await Deadline.UntilAsync(
            () =>
            {
                var before = dropped;
                dropped = master.Metric("balancer_vrrp_advertisements_dropped_total");
                return dropped > 0 && dropped == before;
            },
            () => "what came is worked off");
        cpu = master.CpuTime - cpu;
        string[] reasons = ["ttl", "length", "version", "type", "checksum", "addresses"];
        output.WriteLine($"{dropped} dropped, {cpu.TotalMicroseconds / Packets:f1} us each; {string.Join(", ", reasons.Select(r => $"{r} {master.Metric("balancer_vrrp_advertisements_dropped_total", $"reason={r}")}"))}");

        Assert.Equal("master", master.State());
        Assert.Equal(1, master.Takeovers);
        Assert.True(Segment.Has(segment.Gateway1, Segment.Vip));
        Assert.All(reasons, r => Assert.True(master.Metric("balancer_vrrp_advertisements_dropped_total", $"reason={r}") > 0, r));
        Assert.InRange(cpu.TotalMicroseconds / Packets, 0, 50);

        // It goes on to advertise, at its own pace.
        var sent = master.Metric("balancer_vrrp_advertisements_sent_total");
        Assert.True(sent > sentBefore);
        await Deadline.UntilAsync(() => master.Metric("balancer_vrrp_advertisements_sent_total") > sent, () => "it advertises");
    }

    /// <summary>Sends all kinds in turn; the kernel of the receiver may drop some of them itself.</summary>
    private static void Flood(IPAddress gateway, IPAddress other)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw);
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.HeaderIncluded, true);
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.Parse("10.9.0.9").GetAddressBytes());
        var target = new IPEndPoint(IPAddress.Parse("224.0.0.18"), 0).Serialize();
        var random = new Random(112);
        byte[][] kinds =
        [
            Packet(other, Advertisement(other, 254), ttl: 64),                  // a better master behind a router
            Packet(other, Advertisement(other, 254)[..7]),                      // cut off
            Packet(other, [.. Advertisement(other, 254), 0]),                   // too long
            Packet(other, Advertisement(other, 254, version: 2)),               // the other version
            Packet(other, Advertisement(other, 254, id: 52)),                   // another router's
            Packet(other, Advertisement(other, 254, address: "10.9.0.101")),    // another list of addresses
            Packet(gateway, Advertisement(gateway, 254)),                       // our own, replayed: the kernel itself refuses it, as a rule
            Packet(other, [0x32, .. Advertisement(other, 254)[1..]]),           // no advertisement
            Packet(other, Spoil(Advertisement(other, 254))),                    // a wrong checksum
        ];
        for (var i = 0; i < Packets; i++)
        {
            var packet = kinds[i % kinds.Length];
            if (i % 16 == 0)
            {
                // Anything at all behind the address header, but for a sound checksum.
                packet = Packet(other, Advertisement(other, 254));
                for (var n = random.Next(1, 12); n > 0; n--)
                {
                    packet[HeaderLength + random.Next(packet.Length - HeaderLength)] ^= (byte)random.Next(1, 256);
                }

                if (HasSoundChecksum(packet))
                {
                    continue;
                }
            }

            socket.SendTo(packet, SocketFlags.None, target);
        }
    }

    /// <summary>By either reading of the RFC: with the pseudo-header, or without.</summary>
    private static bool HasSoundChecksum(byte[] packet)
    {
        var payload = packet.AsSpan(HeaderLength);
        var addresses = InternetChecksum.Add(0, packet.AsSpan(12, 8));
        var pseudo = InternetChecksum.Add(InternetChecksum.Add(addresses, VrrpCodec.Protocol), (uint)payload.Length);
        return InternetChecksum.Finish(InternetChecksum.Add(0, payload)) == 0 || InternetChecksum.Finish(InternetChecksum.Add(pseudo, payload)) == 0;
    }

    private static byte[] Advertisement(IPAddress source, byte priority, byte version = 3, byte id = 51, string address = "10.9.0.100")
    {
        var output = new byte[VrrpCodec.MaxLength];
        var length = new VrrpCodec(version, id, [Address(address)], null, false).Write(output, priority, version == 2 ? 1_000_000 : 100_000, NetworkAddress.From(source), Group);
        return output[..length];
    }

    private static byte[] Spoil(byte[] advertisement)
    {
        advertisement[6] ^= 0x55;
        return advertisement;
    }

    private static byte[] Packet(IPAddress source, byte[] payload, byte ttl = 255)
    {
        var packet = new byte[HeaderLength + payload.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[TtlOffset] = ttl;
        packet[9] = VrrpCodec.Protocol;
        source.GetAddressBytes().CopyTo(packet, 12);
        Group.CopyTo(packet.AsSpan(16));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), InternetChecksum.Finish(InternetChecksum.Add(0, packet.AsSpan(0, HeaderLength))));
        payload.CopyTo(packet, HeaderLength);
        return packet;
    }

    private static NetworkAddress Address(string text) => NetworkAddress.TryParse(text, out var address) ? address : throw new FormatException(text);
}
