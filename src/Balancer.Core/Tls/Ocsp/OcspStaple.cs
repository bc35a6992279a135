namespace Balancer.Tls.Ocsp;

/// <summary>The status of one certificate as clients are told in their handshakes, asked for again and again in the background.</summary>
/// <param name="target">The certificate.</param>
internal sealed class OcspStaple(OcspTarget target)
{
    // nginx: an hour, five minutes after a failure.
    private static readonly TimeSpan RefreshPeriod = TimeSpan.FromHours(1);
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromMinutes(5);

    private volatile OcspAnswer? _answer;

    /// <summary>The certificate.</summary>
    public OcspTarget Target { get; } = target;

    /// <summary>When to ask next. Read and written by the refresher alone.</summary>
    public DateTimeOffset NextFetch { get; private set; }

    /// <summary>The response for clients; null when there is none that is still valid.</summary>
    public byte[]? ResponseAt(DateTimeOffset now) => _answer is { } answer && now < answer.ValidUntil ? answer.Response : null;

    /// <summary>The responder has answered.</summary>
    public void Accept(OcspAnswer answer, DateTimeOffset now)
    {
        _answer = answer;

        // Before it ends, with time for a second try.
        var early = answer.ValidUntil - RetryPeriod;
        NextFetch = Max(now + RetryPeriod, early < now + RefreshPeriod ? early : now + RefreshPeriod);
    }

    /// <summary>The responder has not answered, or nothing that can be used. What there is stays as long as it is valid.</summary>
    public void Postpone(DateTimeOffset now) => NextFetch = now + RetryPeriod;

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
