using System.Text.Json;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Routing;
using Balancer.Upstreams;

namespace Balancer.Proxy;

/// <summary>Says of the gateway whether it serves (<c>monitor</c>). Addresses of servers are nobody's business who may ask.</summary>
internal static class MonitorResponder
{
    private static readonly byte[] s_json = "application/json"u8.ToArray();

    /// <summary>Writes the answer.</summary>
    public static void Write(HttpExchange exchange, Downstream downstream, Location location, MonitorAction monitor, GatewayServices services)
    {
        var dead = monitor.Page == MonitorPage.Live ? [] : monitor.Pools.Where(static pool => !pool.IsAvailable).ToArray();
        var isDraining = services.IsDraining();
        var isServing = monitor.Page switch
        {
            MonitorPage.Live => true,
            MonitorPage.Ready => !isDraining && dead.Length == 0,

            // What is left may well be worth having.
            _ => !isDraining && (monitor.Pools.Count == 0 || dead.Length < monitor.Pools.Count),
        };
        var word = (monitor.Page, isServing) switch
        {
            (MonitorPage.Live, _) => "live",
            _ when isDraining => "draining",
            (_, false) => "unavailable",
            (MonitorPage.Ready, _) => "ready",
            _ => dead.Length == 0 ? "ok" : "degraded",
        };
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("status", word);
            if (monitor.Page == MonitorPage.Ready)
            {
                json.WriteStartArray("unavailable_upstreams");
                Array.ForEach(dead, pool => json.WriteStringValue(pool.Name));
                json.WriteEndArray();
            }
            else if (monitor.Page == MonitorPage.Status)
            {
                json.WriteNumber("uptime_seconds", (long)services.Uptime.TotalSeconds);
                WritePools(json, monitor.Pools);
            }

            json.WriteEndObject();
        }

        LocalResponse.WriteOwn(exchange, downstream, isServing ? 200 : 503, s_json, body.GetBuffer().AsSpan(0, (int)body.Length), location, services.WallClock);
    }

    private static void WritePools(Utf8JsonWriter json, IReadOnlyList<Upstream> pools)
    {
        json.WriteStartObject("upstreams");
        foreach (var pool in pools)
        {
            var servers = pool.Servers.All;
            json.WriteStartObject(pool.Name);
            json.WriteString("status", pool.IsAvailable ? "up" : "down");
            json.WriteNumber("servers_up", servers.Count(static server => server is { IsClosed: false, IsEjected: false }));
            json.WriteNumber("servers", servers.Length);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
