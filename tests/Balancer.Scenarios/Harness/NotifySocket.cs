using System.Net.Sockets;
using System.Text;

namespace Balancer.Harness;

/// <summary>The socket a service manager gives a daemon (sd_notify): tells exactly when it is ready, reloading and stopping.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly List<string> _states = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NotifySocket(string path)
    {
        Path = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        _ = ReceiveAsync();
    }

    /// <summary>The value of NOTIFY_SOCKET.</summary>
    public string Path { get; }

    /// <summary>How many states were told so far.</summary>
    public int Count
    {
        get
        {
            lock (_states)
            {
                return _states.Count;
            }
        }
    }

    /// <summary>All assignments received, such as <c>READY=1</c>, in order.</summary>
    public string[] States
    {
        get
        {
            lock (_states)
            {
                return [.. _states];
            }
        }
    }

    /// <summary>Waits until a state that starts with <paramref name="prefix"/> is told, past the first <paramref name="after"/> states.</summary>
    /// <returns>The number of states up to and with it.</returns>
    public async Task<int> WaitAsync(string prefix, int after = 0)
    {
        while (true)
        {
            Task changed;
            lock (_states)
            {
                for (var i = after; i < _states.Count; i++)
                {
                    if (_states[i].StartsWith(prefix, StringComparison.Ordinal))
                    {
                        return i + 1;
                    }
                }

                changed = _changed.Task;
            }

            await changed.ConfigureAwait(false);
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReceiveAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var size = await _socket.ReceiveAsync(buffer).ConfigureAwait(false);
                lock (_states)
                {
                    _states.AddRange(Encoding.UTF8.GetString(buffer, 0, size).Split('\n', StringSplitOptions.RemoveEmptyEntries));
                    _changed.SetResult();
                    _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed with the scenario.
        }
    }
}
