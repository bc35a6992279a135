namespace Balancer.Configuration;

/// <summary><c>health_check</c> of a location: its servers are asked by themselves, not by clients' requests.</summary>
public sealed record HealthCheckConfig
{
    /// <summary>Where it stands.</summary>
    public SourceLocation Location { get; init; } = SourceLocation.None;

    /// <summary><c>interval</c> between two checks of a server. Default 5 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>jitter</c>: each check is put off by a random time of up to this. Default zero.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary><c>fails</c>: failed checks in a row until a server gets no requests. Default 1.</summary>
    public int Fails { get; init; } = 1;

    /// <summary><c>passes</c>: passed checks in a row until it gets them again. Default 1.</summary>
    public int Passes { get; init; } = 1;

    /// <summary><c>uri</c> asked for. Default /.</summary>
    public string Uri { get; init; } = "/";

    /// <summary><c>port</c> asked instead of the server's own; null without.</summary>
    public int? Port { get; init; }

    /// <summary><c>match</c>: name of the <c>[match.NAME]</c> a response must fit; null wants a status from 200 to 399.</summary>
    public ConfigText? Match { get; init; }

    /// <summary><c>mandatory</c>: a new server gets requests only when it has passed. Default false.</summary>
    public bool Mandatory { get; init; }

    /// <summary><c>type</c>: whether the servers are asked by gRPC's health checking protocol. Default false.</summary>
    public bool IsGrpc { get; init; }

    /// <summary><c>grpc_service</c> that is asked for; empty for the server as a whole.</summary>
    public string GrpcService { get; init; } = "";

    /// <summary>Whether it is written; false for <c>health_check = false</c>.</summary>
    public bool IsOn { get; init; } = true;
}
