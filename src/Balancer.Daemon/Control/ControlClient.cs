using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Balancer.Daemon.Control;

/// <summary>The operator's side of the control socket.</summary>
internal static class ControlClient
{
    /// <summary>Sends a command and waits for its outcome.</summary>
    /// <param name="path">The control socket.</param>
    /// <param name="command">The command.</param>
    /// <param name="timeout">How long to wait for the outcome.</param>
    /// <exception cref="ControlException">The daemon cannot be reached, ended, or did not answer in time.</exception>
    public static async Task<ControlReply> SendAsync(string path, string command, TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(ControlAddress.ToEndPoint(path), limit.Token);
            await socket.SendAsync(Encoding.UTF8.GetBytes(command + "\n"), limit.Token);
            return ControlReply.Parse(await ReceiveAllAsync(socket, limit.Token))
                ?? throw new ControlException($"balancerd ended before it had finished the {command}");
        }
        catch (SocketException e)
        {
            throw new ControlException($"cannot reach balancerd through its control socket {path} ({e.Message})");
        }
        catch (OperationCanceledException)
        {
            throw new ControlException(string.Create(
                CultureInfo.InvariantCulture, $"no answer within {timeout.TotalSeconds:0} s; the {command} may still take effect, see the log of the daemon"));
        }
    }

    private static async Task<string> ReceiveAllAsync(Socket socket, CancellationToken cancel)
    {
        using var received = new MemoryStream();
        var buffer = new byte[4096];
        int read;
        while ((read = await socket.ReceiveAsync(buffer, cancel)) > 0)
        {
            received.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(received.GetBuffer(), 0, (int)received.Length);
    }
}
