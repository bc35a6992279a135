using Microsoft.Extensions.Logging;

namespace Balancer.Upstreams.Health;

/// <summary>What the error log says about the health of upstream servers. Event ids 3000 to 3019.</summary>
internal static partial class HealthLog
{
    [LoggerMessage(3000, LogLevel.Warning, "upstream server temporarily disabled: {Server} of upstream {Upstream} after {Fails} failures, next probe in {FailTimeout} s", EventName = "UpstreamServerEjected")]
    public static partial void Ejected(ILogger logger, string upstream, string server, int fails, double failTimeout);

    [LoggerMessage(3001, LogLevel.Information, "upstream server back: {Server} of upstream {Upstream}", EventName = "UpstreamServerBack")]
    public static partial void Back(ILogger logger, string upstream, string server);

    [LoggerMessage(3002, LogLevel.Information, "upstream server still failing: {Server} of upstream {Upstream} failed a probe, next probe in {FailTimeout} s", EventName = "UpstreamServerProbeFailed")]
    public static partial void ProbeFailed(ILogger logger, string upstream, string server, double failTimeout);

    [LoggerMessage(3003, LogLevel.Warning, "upstream server unhealthy: {Server} of upstream {Upstream} fails its health check: {Reason}", EventName = "UpstreamServerUnhealthy")]
    public static partial void Unhealthy(ILogger logger, string upstream, string server, string reason);

    [LoggerMessage(3004, LogLevel.Information, "upstream server healthy: {Server} of upstream {Upstream} has passed its health check", EventName = "UpstreamServerHealthy")]
    public static partial void Healthy(ILogger logger, string upstream, string server);
}
