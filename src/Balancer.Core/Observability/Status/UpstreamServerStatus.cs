namespace Balancer.Observability.Status;

/// <summary>A server of a pool.</summary>
internal sealed record UpstreamServerStatus
{
    /// <summary>The address as configured.</summary>
    public required string Server { get; init; }

    /// <summary>The address connected to; differs for host names.</summary>
    public required string Address { get; init; }

    /// <summary>Whether it is given requests.</summary>
    public required UpstreamServerCondition State { get; init; }

    /// <summary>Why it is not; null when it is.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it is a backup.</summary>
    public required bool IsBackup { get; init; }

    /// <summary>Its weight.</summary>
    public required int Weight { get; init; }

    /// <summary>Requests running on it.</summary>
    public required int Active { get; init; }

    /// <summary><c>max_conns</c>; 0 is no limit.</summary>
    public required int MaxConns { get; init; }

    /// <summary>Connections kept for further requests.</summary>
    public required int Idle { get; init; }

    /// <summary>Failures charged and not forgiven.</summary>
    public required int Fails { get; init; }

    /// <summary>Requests so far, by class of the status received: none, 1xx to 5xx.</summary>
    public required IReadOnlyList<long> Requests { get; init; }

    /// <summary>Failed tries so far.</summary>
    public required long Failures { get; init; }

    /// <summary>Bytes sent to it.</summary>
    public required long SentBytes { get; init; }

    /// <summary>Bytes received from it.</summary>
    public required long ReceivedBytes { get; init; }
}
