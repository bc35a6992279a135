using System.Net;
using Balancer.Http;

namespace Balancer.Transport.ProxyProtocol;

public sealed class ProxyProtocolFuzzTests
{
    private static readonly byte[] Text = "0123456789abcdef.: \r\nPROXYTCUNKW"u8.ToArray();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_written_is_what_is_read(int version)
    {
        var random = new Random(version);
        var buffer = new byte[ProxyProtocolWriter.MaxLength];
        for (var i = 0; i < 10_000; i++)
        {
            var source = Address(random);
            var target = Address(random);
            var length = ProxyProtocolWriter.Write(buffer, version, source, target);

            Assert.Equal(ProxyProtocolStatus.Complete, ProxyProtocolParser.Parse(buffer.AsSpan(0, length), out var header));
            Assert.Equal(length, header.Length);
            if (source.Address is null || target.Address is null)
            {
                Assert.Null(header.Source);
                Assert.Null(header.Destination);
                continue;
            }

            Assert.Equal((source.ToString(), source.Port), (header.Source!.ToString(), header.Source.Port));
            Assert.Equal((target.ToString(), target.Port), (header.Destination!.ToString(), header.Destination.Port));
        }
    }

    /// <summary>Bytes changed, cut and added: the answer is the same however the bytes arrive, and what follows the header does not matter.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_answer_does_not_depend_on_how_the_bytes_arrive(int version)
    {
        var random = new Random(10 + version);
        var outcomes = new int[3];
        for (var i = 0; i < 10_000; i++)
        {
            var data = Mutate(random, version);
            var whole = ProxyProtocolParser.Parse(data, out var header);
            outcomes[(int)whole]++;
            var first = ProxyProtocolStatus.NeedMore;
            for (var length = 0; length <= data.Length && first == ProxyProtocolStatus.NeedMore; length++)
            {
                first = ProxyProtocolParser.Parse(data.AsSpan(0, length), out var early);
                if (first == ProxyProtocolStatus.Complete)
                {
                    Assert.Equal(length, early.Length);
                }
            }

            Assert.Equal(whole, first);
            if (whole == ProxyProtocolStatus.Complete)
            {
                Assert.Equal(ProxyProtocolStatus.Complete, ProxyProtocolParser.Parse([.. data, .. "GET"u8], out var followed));
                Assert.Equal(header.Length, followed.Length);
            }
        }

        Assert.All(outcomes, count => Assert.InRange(count, 100, 9_900));
    }

    [Fact]
    public void Noise_is_refused_at_its_first_byte_or_soon_after()
    {
        var random = new Random(5);
        for (var i = 0; i < 10_000; i++)
        {
            var data = new byte[random.Next(1, 64)];
            random.NextBytes(data);
            if (data[0] is (byte)'P' or (byte)'\r')
            {
                data[0] = 0;
            }

            Assert.Equal(ProxyProtocolStatus.Invalid, ProxyProtocolParser.Parse(data, out _));
        }
    }

    private static ClientAddress Address(Random random)
    {
        if (random.Next(8) == 0)
        {
            return ClientAddress.Unix;
        }

        var bytes = new byte[random.Next(2) == 0 ? 4 : 16];
        random.NextBytes(bytes.AsSpan(random.Next(bytes.Length)));
        return new ClientAddress(new IPAddress(bytes), random.Next(65536));
    }

    private static byte[] Mutate(Random random, int version)
    {
        var buffer = new byte[ProxyProtocolWriter.MaxLength];
        var data = buffer.AsSpan(0, ProxyProtocolWriter.Write(buffer, version, Address(random), Address(random))).ToArray().ToList();
        for (var change = random.Next(3); change > 0 && data.Count > 0; change--)
        {
            var at = random.Next(data.Count);
            switch (random.Next(4))
            {
                case 0:
                    data[at] = version == 1 ? Text[random.Next(Text.Length)] : (byte)random.Next(256);
                    break;
                case 1:
                    data.RemoveAt(at);
                    break;
                case 2:
                    data.Insert(at, version == 1 ? Text[random.Next(Text.Length)] : (byte)random.Next(256));
                    break;
                default:
                    data.RemoveRange(at, data.Count - at);
                    break;
            }
        }

        return [.. data];
    }
}
