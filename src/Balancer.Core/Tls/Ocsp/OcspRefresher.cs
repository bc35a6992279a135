namespace Balancer.Tls.Ocsp;

/// <summary>Asks responders for the status of certificates, in the background. It keeps what it knows over reloads.</summary>
internal sealed class OcspRefresher : IAsyncDisposable
{
    private const int GreatestResponse = 64 * 1024;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly TlsMetrics _metrics;
    private readonly TlsLog _log;
    private readonly HttpClient _client;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, OcspStaple> _staples = new(StringComparer.Ordinal);
    private PeriodicTimer? _timer;
    private Task _running = Task.CompletedTask;

    /// <summary>Makes one that has nothing to ask for.</summary>
    /// <param name="time">Tells the time.</param>
    /// <param name="metrics">Where fetches are counted.</param>
    /// <param name="log">Where failures are reported.</param>
    /// <param name="handler">Sends the requests; null for the network.</param>
    public OcspRefresher(TimeProvider time, TlsMetrics metrics, TlsLog log, HttpMessageHandler? handler = null)
    {
        _time = time;
        _metrics = metrics;
        _log = log;
        _client = new HttpClient(handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(10) })
        {
            MaxResponseContentBufferSize = GreatestResponse,
            Timeout = TimeSpan.FromSeconds(20),
        };
    }

    /// <summary>The staple of a certificate: the one there is, or a new one.</summary>
    public OcspStaple Find(OcspTarget target)
    {
        lock (_lock)
        {
            return _staples.TryGetValue(target.Key, out var staple) ? staple : _staples[target.Key] = new OcspStaple(target);
        }
    }

    /// <summary>From now on the status of these certificates is asked for, and of no others.</summary>
    public void Watch(IEnumerable<OcspStaple> staples)
    {
        lock (_lock)
        {
            _staples.Clear();
            foreach (var staple in staples)
            {
                _staples[staple.Target.Key] = staple;
            }

            if (_staples.Count > 0 && _timer is null && !_stop.IsCancellationRequested)
            {
                var timer = _timer = new PeriodicTimer(Period, _time);
                _running = Task.Run(() => RunAsync(timer));
            }
        }
    }

    /// <summary>Asks for all that is due.</summary>
    public async Task RefreshAsync()
    {
        OcspStaple[] due;
        lock (_lock)
        {
            due = [.. _staples.Values.Where(staple => staple.NextFetch <= _time.GetUtcNow())];
        }

        await Task.WhenAll(due.Select(FetchAsync));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        lock (_lock)
        {
            _timer?.Dispose();
        }

        await _running;
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(PeriodicTimer timer)
    {
        await RefreshAsync();
        while (await timer.WaitForNextTickAsync())
        {
            await RefreshAsync();
        }
    }

    private async Task FetchAsync(OcspStaple staple)
    {
        var target = staple.Target;
        string fault;
        try
        {
            using var content = new ByteArrayContent(OcspMessages.WriteRequest(target));
            content.Headers.ContentType = new("application/ocsp-request");
            using var response = await _client.PostAsync(target.Responder, content, _stop.Token);
            var body = await response.Content.ReadAsByteArrayAsync(_stop.Token);
            var now = _time.GetUtcNow();
            fault = $"the responder answers {(int)response.StatusCode}";
            if (response.IsSuccessStatusCode && OcspMessages.ReadResponse(target, body, now, out fault) is { } answer)
            {
                staple.Accept(answer, now);
                _metrics.OcspFetches.Increment();
                return;
            }
        }
        catch (HttpRequestException e)
        {
            fault = e.Message;
        }
        catch (OperationCanceledException)
        {
            fault = "the responder did not answer in time";
        }

        if (!_stop.IsCancellationRequested)
        {
            staple.Postpone(_time.GetUtcNow());
            _metrics.OcspFailures.Increment();
            _log.OcspFailed(target.Path, target.Responder, fault);
        }
    }
}
