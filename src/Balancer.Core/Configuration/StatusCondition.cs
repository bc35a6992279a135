namespace Balancer.Configuration;

/// <summary><c>status</c> of a <c>[match.NAME]</c>: codes and ranges of codes, or all but those.</summary>
/// <param name="Ranges">From and to, both within.</param>
/// <param name="IsNegated">Whether the status must be none of them (<c>!</c>).</param>
public sealed record StatusCondition(IReadOnlyList<(int From, int To)> Ranges, bool IsNegated)
{
    /// <summary>Whether a status fits.</summary>
    public bool Fits(int status) => Ranges.Any(range => status >= range.From && status <= range.To) != IsNegated;
}
