using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Upstreams;

/// <summary>The counters of one upstream server; they live as long as its address stays in the configuration.</summary>
internal sealed class UpstreamServerMetrics
{
    private readonly StripedCounter[] _requests = [new(), new(), new(), new(), new(), new()];
    private readonly StripedCounter[] _failures = [.. Enum.GetValues<UpstreamFailure>().Select(_ => new StripedCounter())];

    /// <summary>Tries that went on to another server after this one.</summary>
    public StripedCounter Retries { get; } = new();

    /// <summary>How often the server was ejected.</summary>
    public StripedCounter Ejections { get; } = new();

    /// <summary>Active checks it has passed.</summary>
    public StripedCounter ChecksPassed { get; } = new();

    /// <summary>Active checks it has failed.</summary>
    public StripedCounter ChecksFailed { get; } = new();

    /// <summary>Bytes sent to the server.</summary>
    public StripedCounter BytesSent { get; } = new();

    /// <summary>Bytes received from the server.</summary>
    public StripedCounter BytesReceived { get; } = new();

    /// <summary>Times to the last byte of responses (<c>$upstream_response_time</c>).</summary>
    public StripedHistogram ResponseTime { get; } = new();

    /// <summary>Tries by class of the status received.</summary>
    /// <param name="codeClass">1 to 5 for 1xx to 5xx; 0 for tries without a response.</param>
    public StripedCounter Requests(int codeClass) => _requests[codeClass];

    /// <summary>Failed tries by reason.</summary>
    public StripedCounter Failures(UpstreamFailure reason) => _failures[(int)reason];

    /// <summary>Counts a try that is over.</summary>
    /// <param name="status">The status received; 0 when none was.</param>
    public void CountRequest(int status) => _requests[status is >= 100 and <= 599 ? status / 100 : 0].Increment();

    /// <summary>Counts a failure of the upstream server; errors of client and gateway are not its own and do not count.</summary>
    public void CountFailure(ProxyError error)
    {
        UpstreamFailure? reason = error switch
        {
            ProxyError.UpstreamConnectFailed => UpstreamFailure.Connect,
            ProxyError.UpstreamConnectTimeout => UpstreamFailure.ConnectTimeout,
            ProxyError.UpstreamTlsFailed => UpstreamFailure.Tls,
            ProxyError.UpstreamWriteFailed => UpstreamFailure.Write,
            ProxyError.UpstreamWriteTimeout => UpstreamFailure.WriteTimeout,
            ProxyError.UpstreamReset => UpstreamFailure.Reset,
            ProxyError.UpstreamRejected => UpstreamFailure.Rejected,
            ProxyError.UpstreamReadTimeout => UpstreamFailure.ReadTimeout,
            ProxyError.UpstreamMalformed => UpstreamFailure.Malformed,
            ProxyError.UpstreamTruncated => UpstreamFailure.Truncated,
            ProxyError.UpstreamBodyTimeout => UpstreamFailure.BodyTimeout,
            _ => null,
        };
        if (reason is { } counted)
        {
            _failures[(int)counted].Increment();
        }
    }
}
