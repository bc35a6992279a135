using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Balancer.Http;

namespace Balancer.Tls;

public sealed class TlsConnectionTests
{
    public static TheoryData<SslProtocols> Versions => [SslProtocols.Tls12, SslProtocols.Tls13];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Bytes_pass_both_ways(SslProtocols version)
    {
        await using var pair = new TlsPair();
        var (server, client) = await pair.ConnectAsync(o => o.EnabledSslProtocols = version);

        await client.WriteAsync("ping"u8.ToArray());
        Assert.Equal("ping", await ReadTextAsync(server.Input, 4));
        await server.Output.WriteAsync("pong"u8.ToArray());
        Assert.Equal("pong", Encoding.ASCII.GetString(await ReadExactlyAsync(client, 4)));

        await server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Large_transfers_in_both_directions_at_once_arrive_unchanged(SslProtocols version)
    {
        await using var pair = new TlsPair();
        var (server, client) = await pair.ConnectAsync(o => o.EnabledSslProtocols = version);
        var upload = Bytes(1, 3_000_000);
        var download = Bytes(2, 3_000_000);

        var sending = SendInPiecesAsync(client, upload);
        var serverReads = ReadAllAsync(server.Input, upload.Length);
        var serverWrites = WriteInPiecesAsync(server.Output, download);
        var received = await ReadExactlyAsync(client, download.Length);

        await serverWrites;
        await sending;
        Assert.Equal(upload, await serverReads);
        Assert.Equal(download, received);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Bytes_that_follow_the_handshake_at_once_are_not_lost()
    {
        // The client's request travels in the same packet as the end of its handshake.
        await using var pair = new TlsPair();
        var client = pair.CreateClient();
        var connecting = client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "a.test", RemoteCertificateValidationCallback = (_, _, _, _) => true });
        var accepting = pair.Acceptor.AcceptAsync().AsTask();
        await connecting;
        await client.WriteAsync("early"u8.ToArray());
        var server = (await accepting).Connection!;

        Assert.Equal("early", await ReadTextAsync(server.Input, 5));
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Bytes_looked_at_but_not_consumed_come_again_with_what_follows()
    {
        await using var pair = new TlsPair();
        var (server, client) = await pair.ConnectAsync();
        await client.WriteAsync("GET "u8.ToArray());
        var first = await server.Input.ReadAsync();
        server.Input.AdvanceTo(first.Buffer.Start, first.Buffer.End);
        var pending = server.Input.ReadAsync();

        Assert.False(pending.IsCompleted);
        await client.WriteAsync("/ "u8.ToArray());
        var second = await pending;

        Assert.Equal("GET / ", Encoding.ASCII.GetString(second.Buffer.ToArray()));
        server.Input.AdvanceTo(second.Buffer.End);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Reader_that_keeps_all_it_saw_gets_more_however_much_that_is()
    {
        await using var pair = new TlsPair();
        var (server, client) = await pair.ConnectAsync();
        var bytes = Bytes(3, 300_000);
        var sending = SendInPiecesAsync(client, bytes);

        byte[] received;
        while (true)
        {
            var result = await server.Input.ReadAsync();
            received = result.Buffer.ToArray();
            server.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (received.Length == bytes.Length)
            {
                break;
            }
        }

        await sending;
        Assert.Equal(bytes, received);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Reader_that_does_not_read_stops_the_sender()
    {
        await using var pair = new TlsPair();
        var (server, client) = await pair.ConnectAsync();
        var sending = SendInPiecesAsync(client, Bytes(4, 2_000_000));
        var result = await server.Input.ReadAsync();
        server.Input.AdvanceTo(result.Buffer.Start);

        for (var i = 0; i < 50; i++)
        {
            result = await server.Input.ReadAsync();
            server.Input.AdvanceTo(result.Buffer.Start);
        }

        Assert.True(result.Buffer.Length <= DecryptedBuffer.Limit + (16 * 1024));
        Assert.False(sending.IsCompleted);
        client.Dispose();
        await server.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => sending);
    }

    [Fact]
    public async Task Goodbye_of_the_client_ends_the_input()
    {
        await using var pair = new TlsPair();
        var (server, client) = await pair.ConnectAsync();
        await client.WriteAsync("last"u8.ToArray());
        await client.ShutdownAsync();

        Assert.Equal("last", await ReadTextAsync(server.Input, 4));
        var end = await server.Input.ReadAsync();

        Assert.True(end.IsCompleted);
        Assert.True(end.Buffer.IsEmpty);
        await server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Goodbye_of_the_client_leaves_our_direction_open(SslProtocols version)
    {
        await using var pair = new TlsPair();
        var (server, client) = await pair.ConnectAsync(o => o.EnabledSslProtocols = version);
        await client.ShutdownAsync();
        Assert.True((await server.Input.ReadAsync()).IsCompleted);
        var writing = server.Output.WriteAsync(Bytes(7, 100_000));

        Assert.Equal(Bytes(7, 100_000), await ReadExactlyAsync(client, 100_000));
        Assert.False((await writing).IsCompleted);
        await server.DisposeAsync();
        Assert.Equal(0, await client.ReadAsync(new byte[1]));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Our_goodbye_leaves_the_direction_of_the_client_open(SslProtocols version)
    {
        await using var pair = new TlsPair();
        var (server, client) = await pair.ConnectAsync(o => o.EnabledSslProtocols = version);
        server.Output.Write("last"u8);
        server.WriteEnd();
        await server.Output.FlushAsync();
        Assert.Equal("last", Encoding.ASCII.GetString(await ReadExactlyAsync(client, 4)));
        Assert.Equal(0, await client.ReadAsync(new byte[1]));

        await client.WriteAsync("answer"u8.ToArray());
        Assert.Equal("answer", await ReadTextAsync(server.Input, 6));
        await client.ShutdownAsync();
        Assert.True((await server.Input.ReadAsync()).IsCompleted);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Closing_says_goodbye()
    {
        await using var pair = new TlsPair();
        var (server, client) = await pair.ConnectAsync();
        await server.Output.WriteAsync("bye"u8.ToArray());
        await server.DisposeAsync();

        Assert.Equal("bye", Encoding.ASCII.GetString(await ReadExactlyAsync(client, 3)));
        Assert.Equal(0, await client.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task Tampered_record_ends_the_connection_without_an_exception()
    {
        await using var pair = new TlsPair();
        var (server, _) = await pair.ConnectAsync();
        await pair.ClientOutput.WriteAsync(new byte[] { 0x17, 3, 3, 0, 32, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32 });

        var end = await server.Input.ReadAsync();

        Assert.True(end.IsCompleted);
        Assert.True(end.Buffer.IsEmpty);
        Assert.True((await server.Output.WriteAsync("x"u8.ToArray())).IsCompleted);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Pending_read_can_be_cancelled_and_goes_on_afterwards()
    {
        await using var pair = new TlsPair();
        var (server, client) = await pair.ConnectAsync();
        var pending = server.Input.ReadAsync();
        server.Input.CancelPendingRead();
        var cancelled = await pending;

        Assert.True(cancelled.IsCanceled);
        server.Input.AdvanceTo(cancelled.Buffer.End);
        await client.WriteAsync("on"u8.ToArray());
        Assert.Equal("on", await ReadTextAsync(server.Input, 2));
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Renegotiation_is_refused()
    {
        // The framework's client cannot ask for it any more: what counts is that the option stands, and TLS 1.2 goes on.
        await using var pair = new TlsPair();
        var (server, client) = await pair.ConnectAsync(o => o.EnabledSslProtocols = SslProtocols.Tls12);

        await Assert.ThrowsAnyAsync<Exception>(() => client.NegotiateClientCertificateAsync());
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Session_tells_what_was_agreed_on()
    {
        await using var pair = new TlsPair();
        var (server, _) = await pair.ConnectAsync(o => o.EnabledSslProtocols = SslProtocols.Tls13);

        Assert.Equal("TLSv1.3", Field(server, TlsField.Protocol));
        Assert.StartsWith("TLS_", Field(server, TlsField.Cipher));
        Assert.Equal("a.test", Field(server, TlsField.ServerName));
        Assert.Equal("NONE", Field(server, TlsField.ClientVerify));
        Assert.Equal(".", Field(server, TlsField.SessionReused));
        Assert.Equal(64, Field(server, TlsField.SessionId).Length);
        Assert.NotEmpty(Field(server, TlsField.Curve));
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Session_that_is_gone_has_no_fields()
    {
        await using var pair = new TlsPair();
        var (server, _) = await pair.ConnectAsync();
        await server.DisposeAsync();

        Assert.Equal("", Field(server, TlsField.Cipher));
    }

    private static string Field(TlsConnection server, TlsField field) => Encoding.ASCII.GetString(server.Session!.Field(field));

    private static byte[] Bytes(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> ReadExactlyAsync(SslStream client, int length)
    {
        var bytes = new byte[length];
        await client.ReadExactlyAsync(bytes);
        return bytes;
    }

    private static async Task<string> ReadTextAsync(PipeReader input, int length) => Encoding.ASCII.GetString(await ReadAllAsync(input, length));

    private static async Task<byte[]> ReadAllAsync(PipeReader input, int length)
    {
        var received = new ArrayBufferWriter<byte>();
        while (received.WrittenCount < length)
        {
            var result = await input.ReadAsync();
            foreach (var segment in result.Buffer)
            {
                received.Write(segment.Span);
            }

            input.AdvanceTo(result.Buffer.End);
            Assert.False(result.IsCompleted && received.WrittenCount < length);
        }

        return received.WrittenSpan.ToArray();
    }

    private static async Task SendInPiecesAsync(SslStream client, byte[] bytes)
    {
        var random = new Random(5);
        for (var at = 0; at < bytes.Length;)
        {
            var size = Math.Min(bytes.Length - at, random.Next(1, 40_000));
            await client.WriteAsync(bytes.AsMemory(at, size));
            at += size;
        }
    }

    private static async Task WriteInPiecesAsync(PipeWriter output, byte[] bytes)
    {
        var random = new Random(6);
        for (var at = 0; at < bytes.Length;)
        {
            var size = Math.Min(bytes.Length - at, random.Next(1, 40_000));
            output.Write(bytes.AsSpan(at, size));
            at += size;
            if (random.Next(3) == 0 || at == bytes.Length)
            {
                Assert.False((await output.FlushAsync()).IsCompleted);
            }
        }
    }
}
