using System.Buffers.Text;

namespace Balancer.Http;

/// <summary>The head of an upstream server's response.</summary>
internal sealed class ResponseHead : MessageHead
{
    /// <summary>The status code, 100 to 999.</summary>
    public int Status { get; set; }

    /// <summary>Offset and length of the reason phrase.</summary>
    public (int Start, int Length) ReasonRange { get; set; }

    /// <summary>Whether Connection names <c>upgrade</c>, as it must in a 101.</summary>
    public bool HasUpgrade { get; set; }

    /// <summary>The reason phrase as received.</summary>
    public ReadOnlySpan<byte> Reason => Slice(ReasonRange.Start, ReasonRange.Length);

    /// <summary>
    /// How the body of this response ends (RFC 9112 section 6.3). Responses to HEAD, 1xx, 204 and 304 have none whatever their fields
    /// say: bytes that follow such a head belong to nothing, and the connection must not be used again.
    /// </summary>
    /// <param name="requestMethod">The method of the request it answers.</param>
    public BodyFraming Framing(KnownMethod requestMethod) => this switch
    {
        { Status: < 200 or 204 or 304 } => BodyFraming.None,
        _ when requestMethod == KnownMethod.Head => BodyFraming.None,
        { IsChunked: true } => BodyFraming.Chunked,
        { ContentLength: 0 } => BodyFraming.None,
        { ContentLength: > 0 } => BodyFraming.ContentLength,
        _ => BodyFraming.UntilClose,
    };

    /// <summary>Last-Modified in seconds since 1970; null without a valid one (RFC 9110 section 8.8.2).</summary>
    public long? LastModified() =>
        Utf8Parser.TryParse(Value(KnownHeader.LastModified), out DateTimeOffset date, out _, 'R') ? date.ToUnixTimeSeconds() : null;

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        Status = 0;
        HasUpgrade = false;
        ReasonRange = default;
    }
}
