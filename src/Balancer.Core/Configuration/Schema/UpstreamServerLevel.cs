using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The parts of a <c>server</c> line of a pool.</summary>
internal static class UpstreamServerLevel
{
    private const int GreatestWeight = 65535;

    public static ConfigLevel<UpstreamServerConfig> Level { get; } = new("[[upstream.NAME.server]]",
    [
        Key.Always<UpstreamServerConfig, UpstreamAddress>(
            "address", new UpstreamAddressType(),
            static s => new UpstreamAddress(s.Address, s.Host, s.Port, true, s.UnixPath),
            static (s, v) => s with { Address = v.Text, Host = v.Host, Port = v.Port, UnixPath = v.UnixPath }, null,
            "An IP address or host name with or without a port (80 when absent), or `unix:/path`. The first word of the line. Names are looked up at start and at reload, each address of a name is a server of its own.",
            "\"10.0.2.10:3002\"", "nginx `server`", required: true),
        Key.Always<UpstreamServerConfig, int>(
            "weight", new IntegerType(1, GreatestWeight), static s => s.Weight, static (s, v) => s with { Weight = v }, "1", "Its share of the requests.", "100"),
        Key.Always<UpstreamServerConfig, int>(
            "max_fails", IntegerType.FromZero, static s => s.MaxFails, static (s, v) => s with { MaxFails = v }, "1",
            "Failures within `fail_timeout` after which the server gets no requests for `fail_timeout`. 0 never ejects.", "3"),
        Key.Always<UpstreamServerConfig, TimeSpan>(
            "fail_timeout", TimeType.FromZero, static s => s.FailTimeout, static (s, v) => s with { FailTimeout = v }, "\"10s\"",
            "See `max_fails`.", "\"30s\""),
        Key.Always<UpstreamServerConfig, int>(
            "max_conns", IntegerType.FromZero, static s => s.MaxConns, static (s, v) => s with { MaxConns = v }, "0",
            "Requests it may serve at the same time. 0 is no limit.", "1000"),
        Key.Always<UpstreamServerConfig, TimeSpan>(
            "slow_start", TimeType.FromZero, static s => s.SlowStart, static (s, v) => s with { SlowStart = v }, "0",
            "How long its weight takes to grow from nothing after it was ejected. Not with ip_hash, hash and random.", "\"30s\""),
        Key.Always<UpstreamServerConfig, bool>(
            "backup", BooleanType.Instance, static s => s.Backup, static (s, v) => s with { Backup = v }, "false",
            "Gets requests only when no other server can take them. Not with ip_hash, hash and random.", "true"),
        Key.Always<UpstreamServerConfig, bool>(
            "down", BooleanType.Instance, static s => s.Down, static (s, v) => s with { Down = v }, "false", "Gets no requests.", "true"),
        Key.Always<UpstreamServerConfig, bool>(
            "drain", BooleanType.Instance, static s => s.Drain, static (s, v) => s with { Drain = v }, "false",
            "Gets only the requests of sessions that `sticky` has bound to it.", "true"),
        Key.OptionalRef<UpstreamServerConfig, string>(
            "route", new TextType("word", "up to 64 letters, digits and !#$%&'*+-.^_`|~", static text => text.Length <= 64 && FieldSyntax.IsName(text)), static s => s.Route, static (s, v) => s with { Route = v }, null,
            "The value of the `sticky` cookie for this server. Without it a hash of its address.", "\"a\""),
        Key.Always<UpstreamServerConfig, bool>(
            "resolve", BooleanType.Instance, static s => s.Resolve, static (s, v) => s with { Resolve = v }, "false",
            "Looks its host name up again every `resolver_valid`.", "true"),
    ])
    {
        Refused = new Dictionary<string, string>
        {
            ["service"] = RefusedDirectives.NotYet,
        },
        Complete = static (server, bound, context) =>
        {
            if (server.Resolve && bound.Has("address") && !new UpstreamAddress(server.Address, server.Host, server.Port, true, server.UnixPath).NeedsLookup)
            {
                context.Fail(bound.PositionOf("resolve"), $"'resolve' needs a host name, found '{server.Address}'");
            }

            return server;
        },
    };

    public static PhraseType<UpstreamServerConfig> Type { get; } = new(
        Level, static source => new UpstreamServerConfig { Source = source, Address = "" }, ["address"], "a line such as \"10.0.2.10:3002 weight=5\"");
}
