namespace Balancer.Configuration;

/// <summary><c>error_log</c>: <c>"stderr info"</c> or <c>"/path warn"</c>.</summary>
/// <param name="Path">File path, or null for standard error.</param>
/// <param name="Level">Least level written.</param>
public sealed record ErrorLogConfig(string? Path = null, ErrorLogLevel Level = ErrorLogLevel.Info)
{
    /// <summary>Where it stands, for errors.</summary>
    public SourceLocation Source { get; init; }
}
