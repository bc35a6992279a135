using System.Net;
using System.Net.Sockets;
using Balancer.Upstreams;

namespace Balancer.Daemon.Hosting;

/// <summary>Asks the servers of a pool that counts as dead, once a second, whether one accepts a connection.</summary>
internal sealed class PoolProbe(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private long _begun;
    private Task<bool>? _probing;
    private bool _isAlive = true;

    /// <summary>
    /// What the last round has shown; true before the first is over, for a failed request alone must not move an address. Begins the next when it is time. For one
    /// caller at a time.
    /// </summary>
    public bool IsAlive(Upstream pool)
    {
        if (_probing is { IsCompletedSuccessfully: true } done)
        {
            _isAlive = done.Result;
        }

        if (_probing is null || (_probing.IsCompleted && time.GetElapsedTime(_begun) >= Interval))
        {
            _begun = time.GetTimestamp();
            _probing = AskAsync([.. pool.Servers.All.Where(static server => !server.Config.IsClosed).Select(static server => server.EndPoint)]);
        }

        return _isAlive;
    }

    private static async Task<bool> AskAsync(EndPoint[] servers)
    {
        await foreach (var answer in Task.WhenEach(servers.Select(AcceptsAsync)))
        {
            if (await answer)
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<bool> AcceptsAsync(EndPoint server)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, server is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        using var limit = new CancellationTokenSource(Interval);
        try
        {
            await socket.ConnectAsync(server, limit.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
