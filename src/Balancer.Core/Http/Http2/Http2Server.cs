using System.Collections.Concurrent;

namespace Balancer.Http.Http2;

/// <summary>Serves HTTP/2 connections whose bytes are decrypted already, if they ever were encrypted.</summary>
internal sealed class Http2Server : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Http2Limits, Lazy<Task<Http2Engine>>> _engines = new();

    /// <summary>Serves a connection until it is closed; its first bytes are those of the preface. Closes it. Does not throw for what the client does.</summary>
    public async Task ServeAsync(Http2Connection connection)
    {
        try
        {
            var engine = await _engines.GetOrAdd(connection.Limits, static limits => new(() => Http2Engine.StartAsync(limits))).Value;
            await engine.ServeAsync(connection.Transport);
        }
        finally
        {
            await connection.CloseAsync();
        }
    }

    /// <summary>Ends the engines; their connections are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines.Values)
        {
            await (await engine.Value).DisposeAsync();
        }

        _engines.Clear();
    }
}
