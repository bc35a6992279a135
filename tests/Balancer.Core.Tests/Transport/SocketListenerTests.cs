using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Balancer.Configuration;
using Balancer.Infrastructure;
using Balancer.TestSupport;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Transport;

public sealed class SocketListenerTests
{
    [Fact]
    public async Task Connections_are_accepted_with_both_their_addresses()
    {
        await using var listener = Open(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = await Wire.ConnectAsync(listener.EndPoint);

        await using var connection = (await listener.AcceptAsync())!;

        Assert.Equal(client.Socket.LocalEndPoint, connection.RemoteEndPoint);
        Assert.Equal(listener.EndPoint, connection.LocalEndPoint);
        await client.SendAsync("hello");
        Assert.Equal("hello", await ReadAsync(connection));
    }

    [Fact]
    public async Task Unbinding_ends_the_wait_for_a_connection_and_frees_the_address()
    {
        await using var listener = Open(new IPEndPoint(IPAddress.Loopback, 0));
        var accepting = listener.AcceptAsync().AsTask();

        await listener.UnbindAsync();

        Assert.Null(await accepting);
        await using var again = Open(listener.EndPoint);
    }

    [Fact]
    public async Task Connections_the_system_has_accepted_are_served_before_the_address_is_freed()
    {
        await using var listener = Open(new IPEndPoint(IPAddress.Loopback, 0));
        var clients = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Wire.ConnectAsync(listener.EndPoint)));
        var accepting = Task.Run(async () =>
        {
            var count = 0;
            while (await listener.AcceptAsync() is { } connection)
            {
                count++;
                await connection.Transport.Output.WriteAsync("x"u8.ToArray());
                await connection.DisposeAsync();
            }

            return count;
        });

        await listener.UnbindAsync();

        Assert.Equal(50, await accepting);
        foreach (var client in clients)
        {
            Assert.Equal("x", await client.ReadToEndAsync());
            client.Dispose();
        }
    }

    [Fact]
    public async Task A_broken_socket_is_asked_again_after_a_pause_and_not_at_once()
    {
        var time = new FakeTimeProvider();
        var log = new LogCapture();
        await using var listener = new SocketListener(new ListenConfig { Source = SourceLocation.None, EndPoint = new IPEndPoint(IPAddress.Loopback, 0) }, log, time);
        var accepting = listener.AcceptAsync().AsTask();

        // As `ss -K` does: it listens no more, and each accept fails.
        SocketOf(listener).Shutdown(SocketShutdown.Both);
        await Eventually.TrueAsync(() => log.Named("accept-exhausted").Any());
        for (var i = 2; i < 5; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Eventually.TrueAsync(() => log.Named("accept-exhausted").Count() >= i);
            Assert.Equal(i, log.Named("accept-exhausted").Count());
        }

        // It looks as if there were always somebody in the backlog.
        var unbinding = listener.UnbindAsync().AsTask();
        while (!unbinding.IsCompleted || !accepting.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.Null(await accepting);
    }

    [Fact]
    public async Task The_file_of_a_unix_socket_is_removed()
    {
        var path = Path.Combine(Path.GetTempPath(), $"balancer-{Guid.NewGuid():N}.sock");
        await using (var listener = Open(new UnixDomainSocketEndPoint(path)))
        {
            using var client = await Wire.ConnectAsync(listener.EndPoint);
            await using var connection = (await listener.AcceptAsync())!;
            await client.SendAsync("hello");
            Assert.Equal("hello", await ReadAsync(connection));
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Unbinding_twice_is_once()
    {
        var listener = Open(new IPEndPoint(IPAddress.Loopback, 0));

        await listener.UnbindAsync();
        await listener.UnbindAsync();
        await listener.DisposeAsync();

        Assert.Throws<SocketException>(() =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(listener.EndPoint);
        });
    }

    private static SocketListener Open(EndPoint endPoint) =>
        new(new ListenConfig { Source = SourceLocation.None, EndPoint = endPoint }, NullLoggerFactory.Instance, TimeProvider.System);

    private static async Task<string> ReadAsync(ConnectionContext connection)
    {
        var result = await connection.Transport.Input.ReadAsync();
        var text = System.Text.Encoding.ASCII.GetString(result.Buffer.ToArray());
        connection.Transport.Input.AdvanceTo(result.Buffer.End);
        return text;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_socket")]
    private static extern ref Socket SocketOf(SocketListener listener);
}
