namespace Balancer.Configuration;

/// <summary><c>access_log = "/path format buffer=64k flush=1s if=$loggable"</c>.</summary>
public sealed record AccessLogConfig
{
    /// <summary>Where it stands, for errors.</summary>
    public required SourceLocation Source { get; init; }

    /// <summary>File path, or <c>stdout</c> / <c>stderr</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Name of the log format. Default <c>combined</c>.</summary>
    public string Format { get; init; } = "combined";

    /// <summary><c>buffer=</c>: bytes gathered before a write; 0 writes as soon as the writer is free. Default 0.</summary>
    public int BufferSize { get; init; }

    /// <summary><c>flush=</c>: how long a line may wait in the buffer. Default 1 s when buffered.</summary>
    public TimeSpan Flush { get; init; }

    /// <summary><c>if=</c>: a text with variables; the request is not logged when it is empty or <c>0</c>.</summary>
    public ConfigText? If { get; init; }
}
