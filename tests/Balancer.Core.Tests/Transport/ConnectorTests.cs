using System.Net;
using System.Net.Sockets;
using Balancer.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Transport;

public sealed class ConnectorTests
{
    private readonly IoGuard _guard = new(new TimeoutWheel(new CoarseClock(TimeProvider.System)));

    [Fact]
    public async Task Large_responses_are_received_in_large_pieces()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var connector = new Connector(NullLoggerFactory.Instance);
        Assert.True(connector.HasLargeBlocks, "this version of the transport has no setting for its receive buffers");

        var pending = connector.ConnectAsync(listener.LocalEndpoint, 5000, _guard);
        using var server = await listener.AcceptSocketAsync();
        var result = await pending;
        Assert.Equal(SocketError.Success, result.Error);
        await using var connection = result.Connection!;
        await server.SendAsync(new byte[ReceiveBlocks.BlockSize]);

        var largest = 0;
        for (var received = 0L; received < ReceiveBlocks.BlockSize;)
        {
            var read = await connection.Transport.Input.ReadAsync();
            received += read.Buffer.Length;
            largest = Math.Max(largest, read.Buffer.First.Length);
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
        }

        // One segment is what one system call has brought.
        Assert.True(largest > 4096, $"{largest} bytes at most");
    }

    [Fact]
    public async Task Refused_connection_is_a_return_value()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var connector = new Connector(NullLoggerFactory.Instance);

        var result = await connector.ConnectAsync(socket.LocalEndPoint!, 5000, _guard);

        Assert.Null(result.Connection);
        Assert.Equal(SocketError.ConnectionRefused, result.Error);
    }

    [Fact]
    public async Task Interrupted_connection_is_aborted()
    {
        // A listener whose backlog is full answers no further client.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync(listener.LocalEndPoint!);
        using var connector = new Connector(NullLoggerFactory.Instance);

        var pending = connector.ConnectAsync(listener.LocalEndPoint!, 0, _guard);
        Assert.False(pending.IsCompleted);
        _guard.Interrupt();
        var result = await pending;

        Assert.Null(result.Connection);
        Assert.Equal(SocketError.OperationAborted, result.Error);
    }
}
