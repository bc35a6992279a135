using System.Net;
using System.Net.Sockets;
using Balancer.Infrastructure;
using Balancer.Observability.Metrics;

namespace Balancer.Proxy.SelfProbing;

/// <summary>
/// Opens connections to the gateway's own listeners while virtual routers are configured, and sees whether they are answered:
/// <code>
///   socket ─► accept loop ─► thread of the pool ─► HTTP/1.1 parser ─► 204
/// </code>
/// It runs on the thread pool itself: when that is stuck no answers are counted, which is what <see cref="Answers"/> is for.
/// </summary>
internal sealed class SelfProbe : IMetricsSource, IAsyncDisposable
{
    private const int StatusLineLength = 12;

    private static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(1);

    private static readonly byte[] Request = "GET / HTTP/1.1\r\nHost: self-probe\r\n\r\n"u8.ToArray();

    private readonly GatewayServices _services;
    private readonly CancellationTokenSource _stop = new();
    private readonly ProbeTarget _own = new(new IPEndPoint(IPAddress.Loopback, 0));
    private volatile Dictionary<ActiveListener, ProbeTarget> _targets = [];
    private volatile ProbeSettings? _settings;
    private Task? _probing;
    private OwnListener? _listener;
    private long _answers;
    private long _answered;
    private long _unanswered;
    private long _accepted;

    public SelfProbe(GatewayServices services) => _services = services;

    /// <summary>How many rounds have shown that the data path serves. It moves while it does. Any thread; waits for nothing.</summary>
    public long Answers => Volatile.Read(ref _answers);

    /// <summary>Whether a listener answers, as far as it can be probed.</summary>
    public bool IsAnswering(ActiveListener listener) => !_targets.TryGetValue(listener, out var target) || target.Verdict.Serves;

    /// <summary>Goes by another configuration. For one caller at a time.</summary>
    public void Configure(ProbeSettings? settings, IEnumerable<ActiveListener> listeners)
    {
        var known = _targets;
        _targets = settings is null ? [] : listeners
            .Where(static l => l.EndPoint is IPEndPoint)
            .ToDictionary(static l => l, l => known.TryGetValue(l, out var target) ? target : new ProbeTarget((IPEndPoint)l.EndPoint));
        _settings = settings;
        if (settings is not null)
        {
            _probing ??= Task.Run(ProbeAsync);
        }
    }

    /// <inheritdoc/>
    public void Collect(MetricsCollector collector)
    {
        if (_settings is not null)
        {
            collector.Add(MetricFamilies.VrrpSelfProbes, Volatile.Read(ref _answered), "answered");
            collector.Add(MetricFamilies.VrrpSelfProbes, Volatile.Read(ref _unanswered), "unanswered");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync();
            await (_probing ?? Task.CompletedTask);
            if (_listener is not null)
            {
                await _listener.DisposeAsync();
            }

            _stop.Dispose();
        }
    }

    private async Task ProbeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var begun = _services.Time.GetTimestamp();
            var interval = await TryRunAsync();
            try
            {
                var left = interval - _services.Time.GetElapsedTime(begun);
                await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, _services.Time, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Does what is to be done now.</summary>
    /// <returns>When to look again.</returns>
    private async Task<TimeSpan> TryRunAsync()
    {
        try
        {
            if (_settings is { } settings)
            {
                await RunRoundAsync(settings);
                return settings.Interval;
            }

            if (_listener is not null)
            {
                await _listener.DisposeAsync();
                _listener = null;
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It is over.
        }
        catch (Exception e)
        {
            // A fault of the probe is none of the data path: it must not cost the addresses.
            _services.Log.Fault(e);
            Volatile.Write(ref _answers, _answers + 1);
        }

        return IdleInterval;
    }

    /// <summary>
    /// Probes all at once. The gateway serves when one of its listeners answers. Where they do not, as under more connections than they can take, it serves
    /// while they accept connections and its own listener answers; that one has to do, too, where none of the others is here.
    /// </summary>
    private async Task RunRoundAsync(ProbeSettings settings)
    {
        var accepted = _services.Counters.ConnectionsAccepted.Value;
        var isAccepting = accepted != _accepted;
        _accepted = accepted;
        var targets = _targets.Values.Where(static t => IsIn(t)).ToArray();
        var own = ProbeOwnAsync(settings);
        var answers = await Task.WhenAll(targets.Select(target => ProbeAsync(target, target.EndPoint, settings)));
        var isOwnAnswered = await own;
        if (answers.Contains(true) || (isOwnAnswered && (isAccepting || !targets.Any(static t => t.Verdict.IsProved))))
        {
            Volatile.Write(ref _answers, _answers + 1);
        }
    }

    private static bool IsIn(ProbeTarget target)
    {
        if (target.IsHere())
        {
            return true;
        }

        target.Verdict.Forget();
        return false;
    }

    private async Task<bool> ProbeOwnAsync(ProbeSettings settings)
    {
        try
        {
            _listener ??= new OwnListener(_services, _services.Probes);
        }
        catch (SocketException)
        {
            // Out of descriptors; the next round tries again.
            return false;
        }

        return await ProbeAsync(_own, _listener.EndPoint, settings);
    }

    private async Task<bool> ProbeAsync(ProbeTarget target, IPEndPoint endPoint, ProbeSettings settings)
    {
        var begun = _services.Time.GetTimestamp();
        var isAnswered = await IsAnsweredAsync(endPoint, settings.Patience);
        if (isAnswered)
        {
            target.Verdict.Answered();
            Interlocked.Increment(ref _answered);
        }
        else
        {
            var passed = _services.Time.GetElapsedTime(0, _services.Time.GetTimestamp());
            target.Verdict.Unanswered(Milliseconds(_services.Time.GetElapsedTime(0, begun)), Milliseconds(passed), Milliseconds(settings.Timeout));
            Interlocked.Increment(ref _unanswered);
        }

        return isAnswered;
    }

    private async Task<bool> IsAnsweredAsync(IPEndPoint endPoint, TimeSpan patience)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(patience);
        EndPoint? self = null;
        try
        {
            // Closed by a reset: else one of these would stay in TIME_WAIT for each of the last minute's probes.
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
            socket.Bind(new IPEndPoint(endPoint.Address, 0));
            self = socket.LocalEndPoint!;
            _services.ProbePeers.Add(self);
            await socket.ConnectAsync(endPoint, limit.Token);
            await socket.SendAsync(Request, limit.Token);
            var answer = new byte[256];
            var length = 0;
            while (length < StatusLineLength)
            {
                var received = await socket.ReceiveAsync(answer.AsMemory(length), limit.Token);
                if (received == 0)
                {
                    return false;
                }

                length += received;
            }

            return answer.AsSpan(0, StatusLineLength).SequenceEqual("HTTP/1.1 204"u8);
        }
        catch (Exception e) when (ConnectionLoss.Is(e))
        {
            _stop.Token.ThrowIfCancellationRequested();
            return false;
        }
        finally
        {
            if (self is not null)
            {
                _services.ProbePeers.Remove(self);
            }
        }
    }

    private static long Milliseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMillisecond;
}
