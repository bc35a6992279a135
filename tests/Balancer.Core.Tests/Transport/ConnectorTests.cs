using System.Net;
using System.Net.Sockets;
using Balancer.Infrastructure;
using Balancer.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Transport;

public sealed class ConnectorTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CoarseClock _clock;
    private readonly TimeoutWheel _wheel;
    private readonly IoGuard _guard;
    private readonly Connector _connector = new(NullLoggerFactory.Instance);

    public ConnectorTests()
    {
        _clock = new CoarseClock(_time);
        _wheel = new TimeoutWheel(_clock);
        _guard = new IoGuard(_wheel);
    }

    public void Dispose() => _connector.Dispose();

    [Fact]
    public async Task A_connection_carries_bytes_both_ways()
    {
        await using var upstream = ScriptedUpstream.Start(async wire => await wire.SendAsync($"got {await wire.ReadLineAsync()}\r\n"));

        var result = await _connector.ConnectAsync(upstream.EndPoint, 1_000, _guard);

        Assert.Equal(SocketError.Success, result.Error);
        await using var connection = result.Connection!;
        await connection.Transport.Output.WriteAsync("hello\r\n"u8.ToArray());
        var read = await connection.Transport.Input.ReadAtLeastAsync(11);
        Assert.Equal("got hello\r\n", System.Text.Encoding.ASCII.GetString(System.Buffers.BuffersExtensions.ToArray(read.Buffer)));
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
    }

    [Fact]
    public async Task A_closed_port_is_refused()
    {
        using var closed = new ClosedPort();

        var result = await _connector.ConnectAsync(IPEndPoint.Parse(closed.Address), 1_000, _guard);

        Assert.Null(result.Connection);
        Assert.Equal(SocketError.ConnectionRefused, result.Error);
    }

    [Fact]
    public async Task A_unix_socket_that_is_not_there_is_refused()
    {
        var result = await _connector.ConnectAsync(new UnixDomainSocketEndPoint("/nowhere/at.sock"), 1_000, _guard);

        Assert.Null(result.Connection);
        Assert.NotEqual(SocketError.Success, result.Error);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up_when_the_time_is_over()
    {
        using var silent = new SilentListener();
        var connecting = _connector.ConnectAsync(silent.EndPoint, 1_000, _guard).AsTask();

        Advance(900);
        Assert.False(connecting.IsCompleted);
        Advance(200);

        var result = await connecting;
        Assert.Null(result.Connection);
        Assert.Equal(SocketError.TimedOut, result.Error);
    }

    [Fact]
    public async Task An_interruption_ends_the_attempt()
    {
        using var silent = new SilentListener();
        var connecting = _connector.ConnectAsync(silent.EndPoint, 0, _guard).AsTask();

        _guard.Interrupt();

        var result = await connecting;
        Assert.Null(result.Connection);
        Assert.Equal(SocketError.OperationAborted, result.Error);
    }

    private void Advance(int milliseconds)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _clock.Refresh();
        _wheel.Advance();
    }
}
