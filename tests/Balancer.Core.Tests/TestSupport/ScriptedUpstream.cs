using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Balancer.TestSupport;

/// <summary>An upstream server that does on every connection what a test says, right or wrong.</summary>
internal sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Func<Wire, int, Task> _script;
    private readonly ConcurrentBag<Task> _running = [];
    private readonly ConcurrentBag<Wire> _wires = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _connections;
    private int _closed;

    private ScriptedUpstream(EndPoint endPoint, Func<Wire, int, Task> script)
    {
        _script = script;
        _listener = new Socket(endPoint.AddressFamily, SocketType.Stream, endPoint.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        _listener.Bind(endPoint);
        _listener.Listen(512);
        EndPoint = _listener.LocalEndPoint!;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Runs <paramref name="script"/> for every connection, with its number from 0; closes the connection after it.</summary>
    public static ScriptedUpstream Start(Func<Wire, int, Task> script) => new(new IPEndPoint(IPAddress.Loopback, 0), script);

    /// <summary>As <see cref="Start(Func{Wire, int, Task})"/>.</summary>
    public static ScriptedUpstream Start(Func<Wire, Task> script) => Start((wire, _) => script(wire));

    public static ScriptedUpstream Start(EndPoint endPoint, Func<Wire, Task> script) => new(endPoint, (wire, _) => script(wire));

    /// <summary>Answers every request, its body read, with what <paramref name="answer"/> makes of it, over and over on each connection.</summary>
    public static ScriptedUpstream Answer(Func<WireMessage, string> answer)
    {
        ScriptedUpstream? upstream = null;
        upstream = Start(async wire =>
        {
            while (await wire.ReadMessageAsync() is { } request)
            {
                upstream!.Requests.Enqueue(request);
                await wire.SendAsync(answer(request));
            }
        });
        return upstream;
    }

    /// <summary>Ends exchanges in all ways there are, one after another: well, without a response, by a reset, within the body, and with nonsense.</summary>
    public static ScriptedUpstream EndingInTurn()
    {
        ScriptedUpstream? upstream = null;
        var way = 0;
        upstream = Start(async wire =>
        {
            while (await wire.ReadMessageAsync() is { } request)
            {
                upstream!.Requests.Enqueue(request);
                switch (way++ % 5)
                {
                    case 0:
                        await wire.SendAsync(OkText("ok"));
                        break;
                    case 1:
                        return;
                    case 2:
                        wire.Reset();
                        return;
                    case 3:
                        await wire.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
                        return;
                    default:
                        await wire.SendAsync("nonsense\r\n\r\n");
                        return;
                }
            }
        });
        return upstream;
    }

    /// <summary>Answers every request with 200 and a body.</summary>
    public static ScriptedUpstream Ok(string body = "ok") => Answer(_ => OkText(body));

    public static string OkText(string body) => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    public EndPoint EndPoint { get; }

    /// <summary>The address as a server line wants it.</summary>
    public string Address => EndPoint is IPEndPoint ? EndPoint.ToString()! : $"unix:{EndPoint}";

    /// <summary>The requests that scripts have noted.</summary>
    public ConcurrentQueue<WireMessage> Requests { get; } = new();

    /// <summary>What scripts failed with, ends and resets of connections aside.</summary>
    public ConcurrentQueue<Exception> Failures { get; } = new();

    /// <summary>How many connections were accepted.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>How many of them this side has closed.</summary>
    public int Closed => Volatile.Read(ref _closed);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        foreach (var wire in _wires)
        {
            wire.Dispose();
        }

        await Task.WhenAll(_running);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var wire = new Wire(await _listener.AcceptAsync(_stop.Token));
                _wires.Add(wire);
                var number = Interlocked.Increment(ref _connections) - 1;
                _running.Add(Task.Run(() => RunAsync(wire, number)));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task RunAsync(Wire wire, int number)
    {
        try
        {
            await _script(wire, number);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or EndOfStreamException)
        {
            // The gateway has closed: what the test looks at is on the other side.
        }
        catch (Exception e)
        {
            Failures.Enqueue(e);
        }
        finally
        {
            wire.Dispose();
            Interlocked.Increment(ref _closed);
        }
    }
}
