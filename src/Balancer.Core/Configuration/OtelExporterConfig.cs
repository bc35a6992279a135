namespace Balancer.Configuration;

/// <summary><c>[otel_exporter]</c>: the collector that traces are sent to, by OTLP.</summary>
public sealed record OtelExporterConfig
{
    /// <summary>Where the table stands.</summary>
    public required SourceLocation Source { get; init; }

    /// <summary><c>endpoint</c>: a URL.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary><c>protocol</c>. Default gRPC.</summary>
    public OtlpProtocol Protocol { get; init; }

    /// <summary><c>trusted_certificate</c>: the authorities trusted to sign the collector's certificate; null trusts those of the system.</summary>
    public ConfigText? TrustedCertificate { get; init; }

    /// <summary><c>header</c>: fields of the requests to the collector.</summary>
    public IReadOnlyDictionary<string, ConfigText>? Headers { get; init; }

    /// <summary><c>interval</c>: longest time between two exports. Default 5 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>batch_size</c>: greatest number of spans in one export. Default 512.</summary>
    public int BatchSize { get; init; } = 512;

    /// <summary><c>batch_count</c>: greatest number of batches that wait; spans beyond it are dropped. Default 4.</summary>
    public int BatchCount { get; init; } = 4;
}
