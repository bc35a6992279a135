using System.Globalization;
using System.Text;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Observability.Logging;
using Microsoft.Extensions.Logging;

namespace Balancer.Limits;

/// <summary>
/// The error log's events of limits, at the levels the configuration says. In a flood most of them are suppressed, so texts are made
/// only of those that are written: what is given to the logger are objects that know how to print themselves.
/// </summary>
internal sealed partial class LimitLog(ILoggerFactory loggers)
{
    private const string Category = "Balancer.Limits";

    private readonly ILogger[] _loggers = [.. Enum.GetValues<ErrorLogLevel>().Select(level => new LeveledLogger(loggers, Category, level))];

    /// <summary>A request was refused by <c>limit_req</c>.</summary>
    public void RequestRefused(ErrorLogLevel level, in RequestDecision decision, HttpExchange exchange)
    {
        if (decision.IsZoneTooSmall)
        {
            LogZoneFull(_loggers[(int)ErrorLogLevel.Error], decision.Rule!.Zone.Name, exchange.Client, new RequestLine(exchange));
            return;
        }

        LogRequestRefused(_loggers[(int)level], decision.Rule!.Zone.Name, new Thousandths(decision.Excess), decision.Outcome == LimitOutcome.RejectedDryRun, exchange.Client, new RequestLine(exchange));
    }

    /// <summary>A request was delayed by <c>limit_req</c>: as in nginx one level lower than refused ones.</summary>
    public void RequestDelayed(ErrorLogLevel level, in RequestDecision decision, HttpExchange exchange)
    {
        var lower = level == ErrorLogLevel.Info ? level : level - 1;
        LogRequestDelayed(_loggers[(int)lower], decision.Rule!.Zone.Name, new Thousandths(decision.Excess), decision.Delay, decision.Outcome == LimitOutcome.DelayedDryRun, exchange.Client, new RequestLine(exchange));
    }

    /// <summary>A request was refused by <c>limit_conn</c>.</summary>
    public void ConnectionRefused(ErrorLogLevel level, ConnectionRule rule, ConnectionDecision decision, HttpExchange exchange)
    {
        if (decision == ConnectionDecision.ZoneFull)
        {
            LogZoneFull(_loggers[(int)ErrorLogLevel.Error], rule.Zone.Name, exchange.Client, new RequestLine(exchange));
            return;
        }

        LogConnectionRefused(_loggers[(int)level], rule.Zone.Name, rule.Most, exchange.LimitConnOutcome == LimitOutcome.RejectedDryRun, exchange.Client, new RequestLine(exchange));
    }

    [LoggerMessage(EventId = 4001, EventName = "request-limited", Level = LogLevel.Error, Message = "limit_req refused a request: zone={Zone} excess={Excess} dry_run={DryRun} client={Client} request={Request}")]
    private static partial void LogRequestRefused(ILogger logger, string zone, Thousandths excess, bool dryRun, ClientAddress client, RequestLine request);

    [LoggerMessage(EventId = 4002, EventName = "request-delayed", Level = LogLevel.Warning, Message = "limit_req delayed a request: zone={Zone} excess={Excess} milliseconds={Milliseconds} dry_run={DryRun} client={Client} request={Request}")]
    private static partial void LogRequestDelayed(ILogger logger, string zone, Thousandths excess, long milliseconds, bool dryRun, ClientAddress client, RequestLine request);

    [LoggerMessage(EventId = 4003, EventName = "connection-limited", Level = LogLevel.Error, Message = "limit_conn refused a request: zone={Zone} limit={Limit} dry_run={DryRun} client={Client} request={Request}")]
    private static partial void LogConnectionRefused(ILogger logger, string zone, int limit, bool dryRun, ClientAddress client, RequestLine request);

    [LoggerMessage(EventId = 4004, EventName = "limit-zone-full", Level = LogLevel.Error, Message = "a zone has no room for the key of a request, which was refused: zone={Zone} client={Client} request={Request}")]
    private static partial void LogZoneFull(ILogger logger, string zone, ClientAddress client, RequestLine request);

    /// <summary>nginx's <c>12.345</c>.</summary>
    private readonly struct Thousandths(long value)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{value / 1000}.{value % 1000:000}");
    }

    /// <summary>Method and target.</summary>
    private readonly struct RequestLine(HttpExchange exchange)
    {
        public override string ToString() => $"{Encoding.Latin1.GetString(exchange.Request.Method)} {Encoding.Latin1.GetString(exchange.Request.Target)}";
    }
}
