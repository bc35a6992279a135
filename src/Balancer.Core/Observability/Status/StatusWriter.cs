using System.Buffers;
using System.Text.Json;
using Balancer.Infrastructure;
using Balancer.Observability.Metrics;

namespace Balancer.Observability.Status;

/// <summary>Writes the state of the gateway as a JSON object, indented for people.</summary>
internal static class StatusWriter
{
    /// <summary>Writes it.</summary>
    public static void Write(GatewayStatus status, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("version", status.Version);
        json.WriteNumber("pid", status.ProcessId);
        json.WriteString("state", status.IsDraining ? "draining" : "running");
        json.WriteString("time", Text(status.Time));
        json.WriteString("started", Text(status.StartTime));
        json.WriteNumber("uptime_seconds", Math.Max(0, (long)(status.Time - status.StartTime).TotalSeconds));
        Write(status.Configuration, json);
        Write("listeners", status.Listeners, json, static (listener, json) => json.WriteString("address", listener.Address));
        Write("virtual_servers", status.VirtualServers, json, Write);
        Write("upstreams", status.Upstreams, json, Write);
        Write("virtual_routers", status.VirtualRouters, json, Write);
        Write(status.Totals, json);
        json.WriteEndObject();
    }

    private static void Write(ConfigurationStatus configuration, Utf8JsonWriter json)
    {
        json.WriteStartObject("configuration");
        json.WriteString("file", configuration.File);
        json.WriteString("loaded", Text(configuration.LoadedAt));
        json.WritePropertyName("last_reload");
        if (configuration.LastReload is { } reload)
        {
            json.WriteStartObject();
            json.WriteString("time", Text(reload.Time));
            json.WriteBoolean("successful", reload.Errors.Count == 0);
            WriteStrings("errors", reload.Errors.Select(error => error.ToString()), json);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteEndObject();
    }

    private static void Write(VirtualServerStatus server, Utf8JsonWriter json)
    {
        WriteStrings("names", server.Names, json);
        WriteStrings("listen", server.Listen, json);
        Write("locations", server.Locations, json, Write);
    }

    private static void Write(LocationStatus location, Utf8JsonWriter json)
    {
        json.WriteString("path", location.Path);
        json.WriteString("upstream", location.Upstream);
        WriteRequests(location.Requests, json);
    }

    private static void Write(UpstreamStatus upstream, Utf8JsonWriter json)
    {
        json.WriteString("name", upstream.Name);
        json.WriteString("method", upstream.Method);
        json.WriteBoolean("available", upstream.IsAvailable);
        json.WriteNumber("queue", upstream.QueueLength);
        json.WriteNumber("idle_connections", upstream.IdleConnections);
        Write("servers", upstream.Servers, json, Write);
    }

    private static void Write(UpstreamServerStatus server, Utf8JsonWriter json)
    {
        json.WriteString("server", server.Server);
        json.WriteString("address", server.Address);
        json.WriteString("state", SnakeCase.Of(server.State.ToString()));
        json.WriteString("reason", server.Reason);
        json.WriteBoolean("backup", server.IsBackup);
        json.WriteNumber("weight", server.Weight);
        json.WriteNumber("active", server.Active);
        json.WriteNumber("max_conns", server.MaxConns);
        json.WriteNumber("idle", server.Idle);
        json.WriteNumber("fails", server.Fails);
        WriteRequests(server.Requests, json);
        json.WriteNumber("failures", server.Failures);
        json.WriteNumber("sent_bytes", server.SentBytes);
        json.WriteNumber("received_bytes", server.ReceivedBytes);
    }

    private static void Write(VirtualRouterStatus router, Utf8JsonWriter json)
    {
        json.WriteString("name", router.Name);
        json.WriteString("interface", router.Interface);
        json.WriteNumber("virtual_router_id", router.RouterId);
        json.WriteString("state", router.State);
        json.WriteNumber("priority", router.Priority);
        WriteStrings("addresses", router.Addresses, json);
        json.WriteString("since", Text(router.Since));
        json.WriteString("reason", router.Reason);
        json.WriteString("fault", router.Fault);
    }

    private static void Write(TotalsStatus totals, Utf8JsonWriter json)
    {
        json.WriteStartObject("totals");
        json.WriteNumber("connections_accepted", totals.ConnectionsAccepted);
        json.WriteNumber("connections_active", totals.ConnectionsActive);
        json.WriteNumber("requests", totals.Requests);
        json.WriteNumber("requests_in_flight", totals.RequestsInFlight);
        json.WriteNumber("received_bytes", totals.ReceivedBytes);
        json.WriteNumber("sent_bytes", totals.SentBytes);
        json.WriteEndObject();
    }

    private static void WriteRequests(IReadOnlyList<long> byClass, Utf8JsonWriter json)
    {
        json.WriteStartObject("requests");
        json.WriteNumber("total", byClass.Sum());
        for (var i = 1; i < byClass.Count; i++)
        {
            json.WriteNumber(CodeClass.Name(i), byClass[i]);
        }

        json.WriteEndObject();
    }

    private static void Write<T>(string name, IReadOnlyList<T> items, Utf8JsonWriter json, Action<T, Utf8JsonWriter> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(item, json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteStrings(string name, IEnumerable<string> values, Utf8JsonWriter json)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);
}
