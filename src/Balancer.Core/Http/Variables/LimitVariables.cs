namespace Balancer.Http.Variables;

/// <summary>What became of the request at the limits.</summary>
internal static class LimitVariables
{
    /// <summary>These variables by name.</summary>
    public static IEnumerable<KeyValuePair<string, VariableReader>> All { get; } =
    [
        new("limit_req_status", static (exchange, output) => Append(exchange.LimitReqOutcome, output)),
        new("limit_conn_status", static (exchange, output) => Append(exchange.LimitConnOutcome, output)),
    ];

    private static bool Append(LimitOutcome outcome, Infrastructure.ByteBuffer output)
    {
        output.Append(outcome switch
        {
            LimitOutcome.Passed => "PASSED"u8,
            LimitOutcome.Delayed => "DELAYED"u8,
            LimitOutcome.Rejected => "REJECTED"u8,
            LimitOutcome.DelayedDryRun => "DELAYED_DRY_RUN"u8,
            LimitOutcome.RejectedDryRun => "REJECTED_DRY_RUN"u8,
            _ => default,
        });
        return outcome != LimitOutcome.None;
    }
}
