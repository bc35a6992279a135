using Balancer.Configuration;
using Balancer.Daemon.Hosting;
using Microsoft.Extensions.Logging;

namespace Balancer.Daemon.Admin;

/// <summary>The admin endpoint on the address of <c>[admin] listen</c>, which a reload may move, add or drop.</summary>
/// <param name="pages">Its pages.</param>
/// <param name="loggers">Where Kestrel logs.</param>
internal sealed class AdminServer(AdminPages pages, ILoggerFactory loggers) : IAsyncDisposable
{
    private SmallHttpServer? _server;

    /// <summary>The address it serves on; null when it does not.</summary>
    public string? Address => _server?.Address;

    /// <summary>Binds the new address if it differs from the current one. Nothing changes until the result is committed; disposing it uncommitted gives the address back.</summary>
    /// <exception cref="Proxy.GatewayConfigException">The address cannot be bound.</exception>
    public async Task<AdminMove> PrepareAsync(ListenConfig? listen, CancellationToken cancel)
    {
        if (Equals(listen?.EndPoint, _server?.Listen.EndPoint))
        {
            return new AdminMove(this, _server, isNew: false);
        }

        if (listen is null)
        {
            return new AdminMove(this, server: null, isNew: true);
        }

        try
        {
            return new AdminMove(this, await SmallHttpServer.StartAsync(listen, pages.HandleAsync, loggers, cancel), isNew: true);
        }
        catch (IOException e)
        {
            throw new Proxy.GatewayConfigException([new ConfigError(listen.Source, $"[admin] listen: cannot bind {listen.EndPoint}: {e.Message}")]);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Puts a prepared server in the place of the current one, which is stopped.</summary>
    internal async ValueTask ReplaceAsync(SmallHttpServer? server)
    {
        var old = _server;
        _server = server;
        if (old is not null)
        {
            await old.DisposeAsync();
        }
    }
}
