using Microsoft.Extensions.Logging;

namespace Balancer.Upstreams.Resolution;

/// <summary>What the error log says about names of upstream servers. Event ids 3020 to 3029.</summary>
internal static partial class ResolutionLog
{
    [LoggerMessage(3020, LogLevel.Warning, "upstream server name not resolved: {Server} of upstream {Upstream}, its last addresses stay in use", EventName = "UpstreamNameNotResolved")]
    public static partial void NotResolved(ILogger logger, string upstream, string server);

    [LoggerMessage(3021, LogLevel.Information, "upstream server addresses changed: upstream {Upstream} gained {Gained}, lost {Lost}", EventName = "UpstreamAddressesChanged")]
    public static partial void Changed(ILogger logger, string upstream, string gained, string lost);

    [LoggerMessage(3022, LogLevel.Error, "upstream server addresses not taken over: upstream {Upstream}: {Reason}", EventName = "UpstreamAddressesRefused")]
    public static partial void Refused(ILogger logger, string upstream, string reason);

    [LoggerMessage(3023, LogLevel.Error, "looking up the upstream servers' names failed: upstream {Upstream}", EventName = "UpstreamResolutionFailed")]
    public static partial void Failed(ILogger logger, string upstream, Exception error);
}
