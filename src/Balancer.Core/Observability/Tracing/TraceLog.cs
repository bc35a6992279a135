using Microsoft.Extensions.Logging;

namespace Balancer.Observability.Tracing;

/// <summary>The error log's events of traces.</summary>
internal sealed partial class TraceLog(ILogger logger)
{
    private readonly ILogger _logger = logger;

    /// <summary>A batch was lost.</summary>
    [LoggerMessage(EventId = 8001, EventName = "trace-export-failed", Level = LogLevel.Warning, Message = "spans could not be sent to the collector and are lost: endpoint={Endpoint} spans={Spans} reason={Reason}")]
    public partial void ExportFailed(string endpoint, int spans, string reason);

    /// <summary>The collector takes spans again.</summary>
    [LoggerMessage(EventId = 8002, EventName = "trace-export-recovered", Level = LogLevel.Information, Message = "the collector takes spans again: endpoint={Endpoint}")]
    public partial void ExportedAgain(string endpoint);
}
