namespace Balancer.Http;

/// <summary>The head of an upstream server's response.</summary>
internal sealed class ResponseHead : MessageHead
{
    /// <summary>The status code, 100 to 999.</summary>
    public int Status { get; set; }

    /// <summary>Offset and length of the reason phrase.</summary>
    public (int Start, int Length) ReasonRange { get; set; }

    /// <summary>The reason phrase as received.</summary>
    public ReadOnlySpan<byte> Reason => Slice(ReasonRange.Start, ReasonRange.Length);

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        Status = 0;
        ReasonRange = default;
    }
}
