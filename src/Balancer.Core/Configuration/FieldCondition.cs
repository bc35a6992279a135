using System.Text.RegularExpressions;

namespace Balancer.Configuration;

/// <summary>One <c>header</c> of a <c>[match.NAME]</c>: <c>Name</c>, <c>! Name</c>, or the name, an operator and a value.</summary>
/// <param name="Name">The field.</param>
/// <param name="Operator">One of <c>=</c>, <c>!=</c>, <c>~</c>, <c>!~</c>; empty when only its presence counts.</param>
/// <param name="Value">The value or the expression.</param>
/// <param name="IsAbsent">Whether the field must not be there (<c>! Name</c>).</param>
public sealed record FieldCondition(string Name, string Operator, string Value, bool IsAbsent)
{
    /// <summary>The expression compiled; null for other operators.</summary>
    internal Regex? Pattern { get; init; }

    /// <summary>Whether a response with this value fits.</summary>
    /// <param name="value">The field's value; null when there is none.</param>
    /// <exception cref="RegexMatchTimeoutException">The expression ran for too long.</exception>
    public bool Fits(string? value) => Operator switch
    {
        "" => value is null == IsAbsent,
        "=" => value == Value,
        "!=" => value is not null && value != Value,
        "~" => value is not null && Pattern!.IsMatch(value),
        _ => value is not null && !Pattern!.IsMatch(value),
    };
}
