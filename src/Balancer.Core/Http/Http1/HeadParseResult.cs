namespace Balancer.Http.Http1;

/// <summary>The outcome of one call of a head parser.</summary>
/// <param name="Status">What it is.</param>
/// <param name="Consumed">Length of the head with everything before and after it that belongs to it, when <see cref="HeadParseStatus.Complete"/>; else 0.</param>
/// <param name="Error">Why it is <see cref="HeadParseStatus.Invalid"/>.</param>
internal readonly record struct HeadParseResult(HeadParseStatus Status, int Consumed, HeadError Error)
{
    /// <summary>More bytes are needed.</summary>
    public static HeadParseResult NeedMore => default;

    /// <summary>A complete head of this length.</summary>
    public static HeadParseResult Complete(int consumed) => new(HeadParseStatus.Complete, consumed, HeadError.None);

    /// <summary>A refused head.</summary>
    public static HeadParseResult Invalid(HeadError error) => new(HeadParseStatus.Invalid, 0, error);
}
