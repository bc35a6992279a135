using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Daemon.Control;

public sealed class ControlSocketTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly TempDirectory _directory = new();

    private string SocketPath => _directory["d.sock"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Outcome_of_the_reload_comes_back()
    {
        await using var socket = Open(() => Task.FromResult(ControlReply.Ok));

        Assert.Equal(ControlReply.Ok, await ControlClient.SendAsync(SocketPath, "reload", Limit));
    }

    [Fact]
    public async Task Reasons_of_a_refusal_come_back_one_a_line()
    {
        await using var socket = Open(() => Task.FromResult(ControlReply.Refused("a.toml:1:2: first", "a.toml:3:4: second\nline")));

        var reply = await ControlClient.SendAsync(SocketPath, "reload", Limit);

        Assert.False(reply.IsOk);
        Assert.Equal(["a.toml:1:2: first", "a.toml:3:4: second line"], reply.Reasons);
    }

    [Fact]
    public async Task Only_the_owner_may_connect()
    {
        await using var socket = Open(() => Task.FromResult(ControlReply.Ok));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketPath));
    }

    [Fact]
    public async Task Unknown_command_is_refused()
    {
        await using var socket = Open(() => throw new InvalidOperationException("must not be called"));

        var reply = await ControlClient.SendAsync(SocketPath, "explode", Limit);

        Assert.Equal(["unknown command 'explode'"], reply.Reasons);
    }

    [Fact]
    public async Task Stale_socket_is_replaced_and_the_own_one_removed()
    {
        using (var stale = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            stale.Bind(new UnixDomainSocketEndPoint(SocketPath));
        }

        await using (Open(() => Task.FromResult(ControlReply.Ok)))
        {
            Assert.True((await ControlClient.SendAsync(SocketPath, "reload", Limit)).IsOk);
        }

        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public async Task Silent_client_does_not_hold_up_others()
    {
        await using var socket = Open(() => Task.FromResult(ControlReply.Ok));
        using var silent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await silent.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));

        Assert.True((await ControlClient.SendAsync(SocketPath, "reload", Limit)).IsOk);
    }

    [Fact]
    public async Task Waiting_for_the_outcome_is_bounded()
    {
        var never = new TaskCompletionSource<ControlReply>();
        await using var socket = Open(() => never.Task);

        var error = await Assert.ThrowsAsync<ControlException>(() => ControlClient.SendAsync(SocketPath, "reload", TimeSpan.FromMilliseconds(50)));

        Assert.StartsWith("no answer within", error.Message, StringComparison.Ordinal);
        never.SetResult(ControlReply.Ok);
    }

    [Fact]
    public async Task Absent_daemon_is_named() =>
        Assert.StartsWith(
            $"cannot reach balancerd through its control socket {SocketPath}",
            (await Assert.ThrowsAsync<ControlException>(() => ControlClient.SendAsync(SocketPath, "reload", Limit))).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task Daemon_that_ends_before_its_answer_is_not_taken_for_success()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        listener.Listen();
        var asked = ControlClient.SendAsync(SocketPath, "reload", Limit);
        using (var connection = await listener.AcceptAsync())
        {
            await connection.SendAsync("o"u8.ToArray());
            await connection.ReceiveAsync(new byte[64]);
        }

        Assert.Equal("balancerd ended before it had finished the reload", (await Assert.ThrowsAsync<ControlException>(() => asked)).Message);
    }

    [Fact]
    public void Too_long_path_is_an_error_for_the_operator()
    {
        var path = "/tmp/" + new string('a', 200);

        Assert.Contains("too long", Assert.Throws<ControlException>(() => ControlSocket.Open(path, () => Task.FromResult(ControlReply.Ok), NullLogger.Instance)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/run/balancer/balancerd.pid", "/run/balancer/balancerd.sock")]
    [InlineData("/run/balancer/one", "/run/balancer/one.sock")]
    public void Stands_beside_the_pid_file(string pidFile, string expected) => Assert.Equal(expected, ControlAddress.Beside(pidFile));

    [Theory]
    [InlineData("ok\n", true)]
    [InlineData("refused\na\n", false)]
    [InlineData("refused\n", false)]
    [InlineData("", null)]
    [InlineData("ok", null)]
    [InlineData("okay\n", null)]
    [InlineData("refused\na", null)]
    public void Cut_or_foreign_answers_are_none(string text, bool? ok) => Assert.Equal(ok, ControlReply.Parse(text)?.IsOk);

    private ControlSocket Open(Func<Task<ControlReply>> reload) => ControlSocket.Open(SocketPath, reload, NullLogger.Instance);
}
