namespace Balancer.Tls;

/// <summary>Looks at the files of all certificates every few seconds, so that renewed ones are used without a reload.</summary>
internal sealed class TlsWatcher : IAsyncDisposable
{
    /// <summary>How often. Files are compared by content: links are often replaced, and times are not to be trusted.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly TlsServices _services;
    private readonly PeriodicTimer _timer;
    private readonly Task _running;
    private IReadOnlyList<TlsServer> _servers = [];

    /// <summary>Starts to look.</summary>
    public TlsWatcher(TlsServices services)
    {
        _services = services;
        _timer = new PeriodicTimer(Period, services.Time);
        _running = RunAsync();
    }

    /// <summary>The servers whose files are looked at from now on.</summary>
    public void Watch(IReadOnlyList<TlsServer> servers)
    {
        Volatile.Write(ref _servers, servers);
        Report(servers);
    }

    /// <summary>Looks once.</summary>
    public void Refresh()
    {
        var servers = Volatile.Read(ref _servers);
        var files = new TlsFiles();
        var isChanged = false;
        foreach (var server in servers)
        {
            isChanged |= server.Refresh(files);
        }

        if (isChanged)
        {
            Report(Volatile.Read(ref _servers));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _running;
        await _services.Ocsp.DisposeAsync();
    }

    private async Task RunAsync()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            if (Volatile.Read(ref _servers).Count > 0)
            {
                Refresh();
            }
        }
    }

    private void Report(IReadOnlyList<TlsServer> servers)
    {
        var contexts = servers.Select(static server => server.Context).OfType<TlsContext>().ToList();
        _services.Metrics.Certificates = [.. contexts.SelectMany(static context => context.Certificates)];
        _services.Ocsp.Watch(contexts.SelectMany(static context => context.Staples.Values));
    }
}
