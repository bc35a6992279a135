using System.Net;
using System.Text;
using Balancer.Configuration;
using Balancer.Configuration.Values;
using Balancer.Http.Http1;
using Balancer.Http.Http2;
using Balancer.Limits;
using Balancer.Observability.Metrics;
using Balancer.Proxy.HealthChecking;
using Balancer.Routing;
using Balancer.Routing.Maps;
using Balancer.Upstreams;

namespace Balancer.Proxy;

/// <summary>Compiles a configuration into a <see cref="Gateway"/>, gathering every fault it finds on the way.</summary>
internal sealed class GatewayBuilder(GatewayServices services)
{
    private readonly GatewayServices _services = services;

    /// <summary>Compiles the configuration beside the running snapshot, which stays untouched.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="previous">The running snapshot; null at start.</param>
    /// <param name="errors">Receives the faults; with any the result is null.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Gateway?> BuildAsync(GatewayConfig config, Gateway? previous, List<ConfigError> errors, CancellationToken cancel)
    {
        var upstreams = await UpstreamRegistry.BuildAsync(
            [.. config.Upstreams, .. ImplicitUpstreams.Find(config)],
            previous?.Upstreams,
            _services.Upstreams,
            errors,
            cancel);
        var scope = VariableTables.Compile(config, CaptureNames.Of(config), _services.WallClock, errors);
        var logs = _services.AccessLogs.CreateSet(config.LogFormats, scope, errors);
        var limits = new LimitsCompiler(config, _services.Limits, _services.LimitLog, scope, errors);
        var tracing = new TracingCompiler(config, _services, scope, errors);
        var locations = new LocationCompiler(_services, upstreams, logs, limits, tracing, scope, errors);
        var tls = new TlsServerSet(_services.Tls, previous?.Servers ?? [], errors);
        var checks = new HealthCheckCompiler(config.Matches);
        var servers = new List<(ServerConfig Config, VirtualServer Server)>();
        foreach (var server in config.Servers)
        {
            servers.Add((server, Compile(server, config, locations, checks, tls, errors)));
        }

        var requests = new RequestGauge();
        var listeners = CompileListeners(servers, requests, errors);
        if (errors.Count > 0)
        {
            await logs.DisposeAsync();
            await _services.SpanExports.ReleaseAsync(tracing.Export);
            return null;
        }

        return new Gateway(config, upstreams, [.. servers.Select(s => s.Server)], listeners, logs, tracing.Export, limits.Zones, checks.All, requests);
    }

    /// <summary>What tells two listen addresses apart.</summary>
    public static string KeyOf(ListenConfig listen) => KeyOf(listen.EndPoint);

    /// <inheritdoc cref="KeyOf(ListenConfig)"/>
    public static string KeyOf(EndPoint endPoint) => endPoint is IPEndPoint ip ? ip.ToString() : $"unix:{endPoint}";

    private static VirtualServer Compile(ServerConfig config, GatewayConfig gateway, LocationCompiler compiler, HealthCheckCompiler checks, TlsServerSet tls, List<ConfigError> errors)
    {
        var settings = config.Settings.Over(gateway.Settings);
        var name = config.ServerNames.Count > 0 ? config.ServerNames[0].Value : "";
        var buffers = config.LargeClientHeaderBuffers ?? new HeaderBuffersConfig(4, 8 * 1024);
        var limits = new HeadLimits(buffers.Size, buffers.Number * buffers.Size, UnderscoresInHeaders: config.UnderscoresInHeaders ?? false);
        var table = new LocationTableBuilder<Location>();
        var routes = new InternalRoutes();
        var fallback = compiler.CompileFallback(config, settings, name, routes);
        var metrics = new List<LocationMetrics> { fallback.Metrics };
        var locations = config.Locations.Select(location => (Config: location, Compiled: compiler.Compile(location, settings, name, routes))).ToArray();
        var pools = locations.Select(location => location.Compiled.Proxy?.Upstream).OfType<Upstream>().Distinct().ToArray();
        foreach (var (location, plain) in locations)
        {
            checks.Add(config, location, plain.Proxy);
            var compiled = location.Monitor is { } page ? plain with { Monitor = new MonitorAction(page, pools) } : plain;
            metrics.Add(compiled.Metrics);
            if (location.Match == LocationMatch.Named)
            {
                if (!routes.TryAdd(location.Pattern, compiled))
                {
                    errors.Add(new ConfigError(location.Path.Location, $"duplicate location '{location.Pattern}'"));
                }

                continue;
            }

            if (table.Add(location.Match, location.Pattern, compiled, compiled.Proxy is not null) is { } fault)
            {
                errors.Add(new ConfigError(location.Path.Location, fault));
            }
        }

        var server = new VirtualServer
        {
            Name = Encoding.UTF8.GetBytes(name),
            HeadLimits = limits,
            HeaderTimeout = (long)(config.ClientHeaderTimeout ?? TimeSpan.FromSeconds(60)).TotalMilliseconds,
            Http2 = config.Http2 == true ? new Http2Limits(config.Http2MaxConcurrentStreams ?? Http2Limits.DefaultConcurrentStreams, limits.TotalSize) : null,
            Tls = tls.Load(config, name),
            Fallback = fallback,
            Metrics = metrics,
            Locations = table.Build(),
        };
        routes.Complete(server);
        return server;
    }

    private static List<ListenerRoutes> CompileListeners(List<(ServerConfig Config, VirtualServer Server)> servers, RequestGauge requests, List<ConfigError> errors)
    {
        var tables = new Dictionary<string, (ListenConfig Listen, VirtualServerTableBuilder<VirtualServer> Table)>();
        foreach (var (config, server) in servers)
        {
            foreach (var listen in config.Listen)
            {
                var key = KeyOf(listen);
                if (!tables.TryGetValue(key, out var entry))
                {
                    tables[key] = entry = (listen, new VirtualServerTableBuilder<VirtualServer>());
                }
                else if (listen.HasSocketOptions && !entry.Listen.HasSocketOptions)
                {
                    // As in nginx the options may stand at any one of the servers that share the address.
                    tables[key] = entry = (listen, entry.Table);
                }

                if (!entry.Table.AddServer(server, listen.DefaultServer))
                {
                    errors.Add(new ConfigError(listen.Source, $"a duplicate default server for {key}"));
                }

                AddNames(config, server, entry.Table, errors);
            }
        }

        return [.. tables.Values.Select(entry => new ListenerRoutes(entry.Listen, entry.Table.Build(), requests))];
    }

    private static void AddNames(ServerConfig config, VirtualServer server, VirtualServerTableBuilder<VirtualServer> table, List<ConfigError> errors)
    {
        if (config.ServerNames.Count == 0)
        {
            // nginx's default: requests without a Host. A second such server is reached as the default only.
            table.AddName("", server);
        }

        foreach (var name in config.ServerNames)
        {
            if (table.AddName(name.Value, server) is { } fault)
            {
                errors.Add(new ConfigError(name.Location, fault));
            }
        }
    }
}
