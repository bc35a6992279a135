using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Balancer.Daemon.Processes;
using Microsoft.Extensions.Logging;

namespace Balancer.Daemon.Control;

/// <summary>
/// The daemon's side of <c>balancerd -s reload</c>: a unix socket on which a command gets its outcome as the answer, which a signal cannot give.
/// Only the daemon's own user and root may connect: by the mode of the socket, and by the credentials of the one who connects.
/// </summary>
internal sealed partial class ControlSocket : IAsyncDisposable
{
    /// <summary>The one command there is.</summary>
    public const string ReloadCommand = "reload";

    private const int LongestCommand = 64;
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int CredentialsOption = 17; // SO_PEERCRED: struct ucred { pid, uid, gid }

    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(5);

    private readonly Socket _listener;
    private readonly string _path;
    private readonly Func<Task<ControlReply>> _reload;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    private ControlSocket(Socket listener, string path, Func<Task<ControlReply>> reload, ILogger log)
    {
        _listener = listener;
        _path = path;
        _reload = reload;
        _log = log;
        _accepting = AcceptAsync();
    }

    /// <summary>Binds the socket; a stale one is replaced, which is safe because the caller holds the pid file beside it.</summary>
    /// <exception cref="ControlException">It cannot be bound.</exception>
    public static ControlSocket Open(string path, Func<Task<ControlReply>> reload, ILogger log)
    {
        var address = ControlAddress.ToEndPoint(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(path);
            listener.Bind(address);
            // Nobody can connect between Bind and Listen, so the mode is never wider than this for anyone.
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            listener.Listen();
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            listener.Dispose();
            throw new ControlException($"cannot open the control socket {path} ({e.Message})");
        }

        return new ControlSocket(listener, path, reload, log);
    }

    /// <summary>Stops accepting and removes the socket; commands that run still get their answer.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        File.Delete(_path);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            Socket connection;
            try
            {
                connection = await _listener.AcceptAsync(_stopping.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                LogAcceptFailed(e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            _ = ServeAsync(connection);
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        try
        {
            using (connection)
            {
                var reply = await ExecuteAsync(connection);
                await connection.SendAsync(Encoding.UTF8.GetBytes(reply.ToString()));
                connection.Shutdown(SocketShutdown.Both);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            LogConnectionLost(e.Message);
        }
    }

    private async Task<ControlReply> ExecuteAsync(Socket connection)
    {
        if (!IsAllowed(connection))
        {
            return ControlReply.Refused("only root and the user of the daemon may control it");
        }

        var command = await ReadCommandAsync(connection);
        return command == ReloadCommand ? await _reload() : ControlReply.Refused($"unknown command '{command}'");
    }

    private static async Task<string> ReadCommandAsync(Socket connection)
    {
        using var timeout = new CancellationTokenSource(CommandTimeout);
        var buffer = new byte[LongestCommand];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await connection.ReceiveAsync(buffer.AsMemory(length), timeout.Token);
            length += read;
            if (read == 0 || buffer[length - 1] == (byte)'\n')
            {
                break;
            }
        }

        return Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\n');
    }

    private static bool IsAllowed(Socket connection)
    {
        Span<byte> credentials = stackalloc byte[12];
        connection.GetRawSocketOption(SocketLevel, CredentialsOption, credentials);
        var user = MemoryMarshal.Read<uint>(credentials[4..]);
        return user == 0 || user == NativeMethods.EffectiveUser();
    }

    [LoggerMessage(EventId = 8030, EventName = "control-accept-failed", Level = LogLevel.Warning, Message = "the control socket cannot accept: {Error}")]
    private partial void LogAcceptFailed(string error);

    [LoggerMessage(EventId = 8031, EventName = "control-connection-lost", Level = LogLevel.Warning, Message = "who asked for a reload went away before the outcome: {Error}")]
    private partial void LogConnectionLost(string error);
}
