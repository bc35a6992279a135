using System.Buffers.Text;
using Balancer.Http;

namespace Balancer.Limits;

/// <summary>Tells clients about <c>limit_req</c> and <c>limit_conn</c>: Retry-After (RFC 9110 section 10.2.3), and the fields of draft-ietf-httpapi-ratelimit-headers-05 and before.</summary>
internal static class LimitFieldsWriter
{
    /// <summary>Adds the fields to the response.</summary>
    public static void Write(HttpExchange exchange, in RequestDecision decision)
    {
        var fields = exchange.PhaseFields;
        var isRefused = decision.Outcome == LimitOutcome.Rejected;
        if (decision.IsZoneTooSmall)
        {
            WriteShortest(exchange);
            return;
        }

        var rule = decision.Rule!;
        if (isRefused)
        {
            Add(fields, "Retry-After"u8, rule.Rate.SecondsFor(decision.Excess - rule.Burst));
        }

        Add(fields, "RateLimit-Limit"u8, rule.Quota);
        Add(fields, "RateLimit-Remaining"u8, isRefused ? 0 : (rule.Burst - decision.Excess) / RequestRate.One);

        // A refused request would have made the excess one more than it is.
        Add(fields, "RateLimit-Reset"u8, rule.Rate.SecondsFor(isRefused ? decision.Excess : decision.Excess + RequestRate.One));
    }

    /// <summary>Adds what can be said where nobody knows when there is room again: in a second, the least that Retry-After can say.</summary>
    public static void WriteShortest(HttpExchange exchange) => Add(exchange.PhaseFields, "Retry-After"u8, 1);

    private static void Add(FieldList fields, ReadOnlySpan<byte> name, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var length);
        fields.Add(name, digits[..length]);
    }
}
