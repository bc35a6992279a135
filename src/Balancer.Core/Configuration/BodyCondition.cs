using System.Text.RegularExpressions;

namespace Balancer.Configuration;

/// <summary><c>body</c> of a <c>[match.NAME]</c>: <c>~ expression</c> or <c>!~ expression</c>.</summary>
/// <param name="Value">The expression.</param>
/// <param name="IsNegated">Whether it must not be found.</param>
public sealed record BodyCondition(string Value, bool IsNegated)
{
    /// <summary>The expression compiled.</summary>
    internal Regex? Pattern { get; init; }

    /// <summary>Whether a body fits.</summary>
    /// <exception cref="RegexMatchTimeoutException">The expression ran for too long.</exception>
    public bool Fits(string body) => Pattern!.IsMatch(body) != IsNegated;
}
