using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Security;
using System.Text;

namespace Balancer.Tls;

public sealed class ClientHelloParserTests
{
    [Fact]
    public void Name_is_found() => AssertHello("a.test", Hello(ServerName("a.test")));

    [Fact]
    public void Name_is_found_behind_other_extensions() =>
        AssertHello("a.test", Hello([.. Extension(0x0a0a, []), .. Extension(16, [0, 3, 2, (byte)'h', (byte)'2']), .. ServerName("a.test"), .. Extension(43, [2, 3, 4])]));

    [Fact]
    public void Hello_without_a_name_is_complete() => AssertHello("", Hello(Extension(43, [2, 3, 4])));

    [Fact]
    public void Hello_without_extensions_is_complete() => AssertHello("", Records(Message(Body(null)), 16384));

    [Fact]
    public void Hello_in_many_records_is_joined() => AssertHello("a.test", Records(Message(Body(ServerName("a.test"))), 7));

    [Fact]
    public void Bytes_behind_the_hello_do_not_matter() => AssertHello("a.test", [.. Hello(ServerName("a.test")), 1, 2, 3]);

    [Theory]
    [InlineData("a b.test")]
    [InlineData("a/b")]
    [InlineData("a\0b")]
    [InlineData("ä.test")]
    public void Name_that_is_no_host_name_counts_as_none(string name) => AssertHello("", Hello(ServerName(name)));

    [Fact]
    public void Empty_name_counts_as_none() => AssertHello("", Hello(ServerName("")));

    [Fact]
    public void Extension_that_is_longer_than_the_hello_ends_the_search() =>
        AssertHello("", Hello([.. Extension(43, [2, 3, 4]), 0, 0, 0xff, 0xff, 1]));

    [Fact]
    public void Every_beginning_of_a_hello_needs_more()
    {
        var hello = Records(Message(Body(ServerName("a.test"))), 20);
        for (var length = 0; length < hello.Length; length++)
        {
            Assert.Equal(ClientHelloStatus.NeedMore, Parse(hello.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public async Task Bytes_spread_over_segments_are_joined()
    {
        var hello = Hello(ServerName("a.test"));
        var pipe = new Pipe(new PipeOptions(minimumSegmentSize: 16));
        foreach (var b in hello)
        {
            pipe.Writer.GetSpan(1)[0] = b;
            pipe.Writer.Advance(1);
        }

        await pipe.Writer.FlushAsync();
        var result = await pipe.Reader.ReadAsync();

        Assert.Equal(ClientHelloStatus.Complete, ClientHelloParser.Parse(result.Buffer, out var name));
        Assert.Equal("a.test", Encoding.ASCII.GetString(name));
    }

    [Fact]
    public void Message_longer_than_any_in_use_is_malformed()
    {
        byte[] start = [0x16, 3, 1, 0x40, 0, 1, 0, 0x80, 1];
        Assert.Equal(ClientHelloStatus.Malformed, Parse(start, out _));
    }

    [Fact]
    public void Endless_tiny_records_are_malformed_at_last()
    {
        // 1 byte of message in 6 of the wire: what is waited for is bounded by both.
        var drip = Records(Message(new byte[20_000]), 1);
        Assert.Equal(ClientHelloStatus.Malformed, Parse(drip, out _));
    }

    [Fact]
    public async Task Hello_of_the_framework_is_understood()
    {
        var (toServer, toClient) = (new Pipe(), new Pipe());
        using var client = new SslStream(new PipeStream(toClient.Reader, toServer.Writer));
        var connecting = client.AuthenticateAsClientAsync("real.example.com");
        var result = await toServer.Reader.ReadAsync();

        Assert.Equal(ClientHelloStatus.Complete, ClientHelloParser.Parse(result.Buffer, out var name));
        Assert.Equal("real.example.com", Encoding.ASCII.GetString(name));
        toClient.Writer.Complete();
        await Assert.ThrowsAnyAsync<Exception>(() => connecting);
    }

    [Fact]
    public void Any_mutation_is_judged_without_an_exception_and_names_stay_host_names()
    {
        var random = new Random(20261121);
        var hello = Records(Message(Body([.. Extension(0x0a0a, []), .. ServerName("mutant.example.com"), .. Extension(43, [2, 3, 4])])), 60);
        for (var i = 0; i < 50_000; i++)
        {
            var mutant = hello.ToArray();
            for (var n = random.Next(1, 5); n > 0; n--)
            {
                mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            }

            var length = random.Next(4) == 0 ? random.Next(mutant.Length) : mutant.Length;
            var status = Parse(mutant.AsSpan(0, length), out var name);

            Assert.True(status == ClientHelloStatus.Complete || name.Length == 0);
            Assert.DoesNotContain(name, c => !char.IsAsciiLetterOrDigit((char)c) && c is not ((byte)'.' or (byte)'-' or (byte)'_'));
        }
    }

    private static void AssertHello(string name, byte[] hello)
    {
        Assert.Equal(ClientHelloStatus.Complete, Parse(hello, out var found));
        Assert.Equal(name, Encoding.ASCII.GetString(found));
    }

    private static ClientHelloStatus Parse(ReadOnlySpan<byte> bytes, out byte[] name) => ClientHelloParser.Parse(new ReadOnlySequence<byte>(bytes.ToArray()), out name);

    private static byte[] Hello(byte[] extensions) => Records(Message(Body(extensions)), 16384);

    private static byte[] Body(byte[]? extensions) =>
        [3, 3, .. new byte[32], 2, 7, 7, .. Vector([0x13, 0x01, 0xc0, 0x2b]), 1, 0, .. extensions is null ? [] : Vector(extensions)];

    private static byte[] Message(byte[] body) => [1, (byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length, .. body];

    private static byte[] Records(byte[] message, int size) => [.. message.Chunk(size).SelectMany(part => (byte[])[0x16, 3, 1, .. Vector(part)])];

    private static byte[] ServerName(string name) => Extension(0, Vector([0, .. Vector(Encoding.Latin1.GetBytes(name))]));

    private static byte[] Extension(ushort type, byte[] body) => [(byte)(type >> 8), (byte)type, .. Vector(body)];

    private static byte[] Vector(byte[] bytes)
    {
        var vector = new byte[2 + bytes.Length];
        BinaryPrimitives.WriteUInt16BigEndian(vector, (ushort)bytes.Length);
        bytes.CopyTo(vector, 2);
        return vector;
    }
}
