using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Balancer.Harness;

/// <summary>
/// An upstream server inside the test process that does what a scenario tells it, and remembers every byte it got.
/// Behaviour is chosen by the path of the request; a path nobody registered is answered 200 "ok".
/// </summary>
internal sealed class TestUpstream : IAsyncDisposable
{
    private readonly EndPoint _endPoint;
    private readonly ConcurrentDictionary<string, Func<UpstreamExchange, Task>> _handlers = new();
    private readonly ConcurrentDictionary<UpstreamConnection, bool> _open = new();
    private readonly List<UpstreamConnection> _connections = [];
    private readonly List<UpstreamRequest> _requests = [];
    private Socket _listener;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TestUpstream(EndPoint endPoint)
    {
        _listener = Listen(endPoint);
        _endPoint = _listener.LocalEndPoint!;
        _ = AcceptAsync(_listener);
    }

    /// <summary>The address as a <c>server</c> line wants it.</summary>
    public string Address => _endPoint is UnixDomainSocketEndPoint unix ? $"unix:{unix}" : _endPoint.ToString()!;

    /// <summary>The port.</summary>
    public int Port => ((IPEndPoint)_endPoint).Port;

    /// <summary>What is done with a connection before any request is read; null reads requests at once.</summary>
    public Func<UpstreamConnection, Task>? OnConnection { get; set; }

    /// <summary>What is done with requests for paths that have no behaviour of their own.</summary>
    public Func<UpstreamExchange, Task> Default { get; set; } = x => x.RespondAsync(200, "ok");

    /// <summary>Every request whose head has arrived, in order of arrival.</summary>
    public UpstreamRequest[] Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>Every connection accepted, in order.</summary>
    public UpstreamConnection[] Connections
    {
        get
        {
            lock (_connections)
            {
                return [.. _connections];
            }
        }
    }

    /// <summary>Connections open now.</summary>
    public int OpenConnections => _open.Count;

    /// <summary>Bytes received on all connections.</summary>
    public long BytesReceived => Connections.Sum(c => c.BytesReceived);

    /// <summary>Starts on a free port of 127.0.0.1.</summary>
    public static TestUpstream Start() => new(new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>Starts on an address.</summary>
    public static TestUpstream Start(EndPoint endPoint) => new(endPoint);

    /// <summary>Sets the behaviour for a path (without its query).</summary>
    public void On(string path, Func<UpstreamExchange, Task> handler) => _handlers[path] = handler;

    /// <summary>Answers a path with these bytes and then ends the connection when <paramref name="close"/> says so.</summary>
    public void OnRaw(string path, string response, bool close = false) => On(path, async x =>
    {
        await x.ReadBodyAsync();
        await x.SendAsync(response);
        if (close)
        {
            x.Connection.Close();
        }
    });

    /// <summary>The requests for a path (without its query).</summary>
    public UpstreamRequest[] RequestsFor(string path) => [.. Requests.Where(r => r.Path == path)];

    /// <summary>The first request for a path; waits for it.</summary>
    public async Task<UpstreamRequest> WaitForRequestAsync(string path) => (await WaitForRequestsAsync(path, 1))[0];

    /// <summary>That many requests for a path; waits for them.</summary>
    public async Task<UpstreamRequest[]> WaitForRequestsAsync(string path, int count)
    {
        await WaitUntilAsync(() => RequestsFor(path).Length >= count, () => $"{count} requests for {path}; got {RequestsFor(path).Length} of {Requests.Length} in all");
        return RequestsFor(path);
    }

    /// <summary>Waits until so many connections are open.</summary>
    public Task WaitForOpenConnectionsAsync(int count) => WaitUntilAsync(() => OpenConnections == count, () => $"{count} open connections; open are {OpenConnections}");

    /// <summary>Waits until something about requests or connections holds.</summary>
    public async Task WaitUntilAsync(Func<bool> condition, Func<string> what)
    {
        async Task LoopAsync()
        {
            while (true)
            {
                Task changed;
                lock (_requests)
                {
                    changed = _changed.Task;
                }

                if (condition())
                {
                    return;
                }

                await changed.ConfigureAwait(false);
            }
        }

        await Deadline.WaitAsync(LoopAsync(), what).ConfigureAwait(false);
    }

    /// <summary>Refuses connections from now on and resets those that are open.</summary>
    public void GoDown()
    {
        _listener.Dispose();
        foreach (var connection in _open.Keys)
        {
            connection.Reset();
        }
    }

    /// <summary>Listens again on the same address.</summary>
    public void ComeBack()
    {
        _listener = Listen(_endPoint);
        _ = AcceptAsync(_listener);
    }

    public ValueTask DisposeAsync()
    {
        GoDown();
        return ValueTask.CompletedTask;
    }

    internal Func<UpstreamExchange, Task> HandlerFor(UpstreamRequest request) => _handlers.GetValueOrDefault(request.Path, Default);

    internal void Record(UpstreamRequest request)
    {
        lock (_requests)
        {
            _requests.Add(request);
        }

        Changed();
    }

    internal void Changed()
    {
        TaskCompletionSource changed;
        lock (_requests)
        {
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    internal void Closed(UpstreamConnection connection)
    {
        _open.TryRemove(connection, out _);
        Changed();
    }

    private static Socket Listen(EndPoint endPoint)
    {
        var unix = endPoint is UnixDomainSocketEndPoint;
        if (unix)
        {
            File.Delete(endPoint.ToString()!);
        }

        var listener = new Socket(endPoint.AddressFamily, SocketType.Stream, unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        listener.Bind(endPoint);
        listener.Listen(1024);
        return listener;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var connection = new UpstreamConnection(this, await listener.AcceptAsync().ConfigureAwait(false));
                _open[connection] = true;
                lock (_connections)
                {
                    _connections.Add(connection);
                }

                Changed();
                _ = connection.RunAsync();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Went down.
        }
    }
}
