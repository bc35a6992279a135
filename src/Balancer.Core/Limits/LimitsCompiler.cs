using Balancer.Configuration;
using Balancer.Http.Variables;

namespace Balancer.Limits;

/// <summary>Compiles the limits of one configuration. Names were checked by the loader; keys are checked here.</summary>
internal sealed class LimitsCompiler
{
    private readonly LimitZones _zones;
    private readonly LimitLog _log;
    private readonly Dictionary<string, (RequestZone Zone, TextTemplate Key, RequestRate Rate)> _requests = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (ConnectionZone Zone, TextTemplate Key)> _connections = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds or makes the zones.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="zones">The zones of the process.</param>
    /// <param name="log">The events.</param>
    /// <param name="scope">What variables may refer to.</param>
    /// <param name="errors">Receives the faults of keys.</param>
    public LimitsCompiler(GatewayConfig config, LimitZones zones, LimitLog log, VariableScope scope, List<ConfigError> errors)
    {
        _zones = zones;
        _log = log;
        foreach (var zone in config.LimitReqZones)
        {
            var rate = new RequestRate(zone.Rate.Requests, (long)zone.Rate.Window.TotalMilliseconds);
            _requests[zone.Name] = (zones.Requests(zone.Name, zone.Key.Value, zone.Size), TextTemplate.Compile(zone.Key, scope, errors), rate);
        }

        foreach (var zone in config.LimitConnZones)
        {
            _connections[zone.Name] = (zones.Connections(zone.Name, zone.Key.Value, zone.Size), TextTemplate.Compile(zone.Key, scope, errors));
        }
    }

    /// <summary>The zones of the configuration.</summary>
    public IReadOnlyList<LimitZone> Zones => [.. _requests.Values.Select(static z => z.Zone), .. _connections.Values.Select(static z => z.Zone)];

    /// <summary>Compiles the limits of a location.</summary>
    /// <returns>Null when it has none.</returns>
    public TrafficLimits? Compile(LimitsConfig config)
    {
        var requests = (config.Requests ?? []).Select(Compile).ToArray();
        var connections = (config.Connections ?? []).Select(Compile).ToArray();
        return requests.Length == 0 && connections.Length == 0 ? null : new TrafficLimits
        {
            Clock = _zones.Clock,
            Log = _log,
            Requests = requests.Length == 0 ? null : new RequestLimiter(requests, config.RequestDryRun ?? false),
            RequestStatus = config.RequestStatus ?? 503,
            RequestLogLevel = config.RequestLogLevel ?? ErrorLogLevel.Error,
            Fields = config.RequestFields ?? LimitFields.Refused,
            Connections = connections,
            ConnectionFields = config.ConnectionFields ?? LimitFields.Refused,
            ConnectionStatus = config.ConnectionStatus ?? 503,
            ConnectionLogLevel = config.ConnectionLogLevel ?? ErrorLogLevel.Error,
            IsConnectionDryRun = config.ConnectionDryRun ?? false,
        };
    }

    private RequestRule Compile(LimitReqConfig limit)
    {
        var (zone, key, rate) = _requests[limit.Zone];
        return new RequestRule
        {
            Zone = zone,
            Key = key,
            Rate = rate,
            Burst = limit.Burst * RequestRate.One,
            Delay = limit.NoDelay ? long.MaxValue : limit.Delay * RequestRate.One,
        };
    }

    private ConnectionRule Compile(LimitConnConfig limit)
    {
        var (zone, key) = _connections[limit.Zone];
        return new ConnectionRule(zone, key, limit.Number);
    }
}
