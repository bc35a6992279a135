using System.Text;
using Balancer.Http;
using Microsoft.Extensions.Logging;

namespace Balancer.Access;

/// <summary>The error log's events of requests that were not let in. Texts a client chose are given as values, which the writer escapes.</summary>
internal sealed partial class DenialLog(ILogger logger)
{
    private readonly ILogger _logger = logger;

    /// <summary>The address of a client is not allowed.</summary>
    public void AddressDenied(AddressRule rule, HttpExchange exchange)
    {
        if (_logger.IsEnabled(LogLevel.Information))
        {
            LogAddressDenied(rule.Text, exchange.Client.ToString(), Host(exchange), RequestLine(exchange));
        }
    }

    private static string Host(HttpExchange exchange) => Encoding.Latin1.GetString(exchange.Request.Host);

    private static string RequestLine(HttpExchange exchange)
    {
        var request = exchange.Request;
        return $"{Encoding.Latin1.GetString(request.Method)} {Encoding.Latin1.GetString(request.Target)}";
    }

    [LoggerMessage(EventId = 3021, EventName = "access-denied", Level = LogLevel.Information, Message = "a client was not let in: rule={Rule} client={Client} host={Host} request={Request}")]
    private partial void LogAddressDenied(string rule, string client, string host, string request);
}
