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

    /// <summary>A user's name or password is wrong.</summary>
    public void LoginFailed(byte[] user, HttpExchange exchange)
    {
        if (_logger.IsEnabled(LogLevel.Information))
        {
            LogLoginFailed(Encoding.Latin1.GetString(user), exchange.Client.ToString(), Host(exchange), RequestLine(exchange));
        }
    }

    /// <summary>More passwords wait to be verified than may.</summary>
    public void Overloaded(HttpExchange exchange) => LogOverloaded(exchange.Client.ToString(), Host(exchange));

    /// <summary>The location of <c>auth_request</c> has answered neither yes nor no.</summary>
    public void Undecided(int status, HttpExchange exchange)
    {
        if (_logger.IsEnabled(LogLevel.Error))
        {
            LogUndecided(status, exchange.Client.ToString(), Host(exchange), RequestLine(exchange));
        }
    }

    private static string Host(HttpExchange exchange) => Encoding.Latin1.GetString(exchange.Request.Host);

    private static string RequestLine(HttpExchange exchange)
    {
        var request = exchange.Request;
        return $"{Encoding.Latin1.GetString(request.ReceivedMethod)} {Encoding.Latin1.GetString(request.Target)}";
    }

    [LoggerMessage(EventId = 3021, EventName = "access-denied", Level = LogLevel.Information, Message = "a client was not let in: rule={Rule} client={Client} host={Host} request={Request}")]
    private partial void LogAddressDenied(string rule, string client, string host, string request);

    [LoggerMessage(EventId = 3022, EventName = "login-failed", Level = LogLevel.Information, Message = "wrong user or password: user={User} client={Client} host={Host} request={Request}")]
    private partial void LogLoginFailed(string user, string client, string host, string request);

    [LoggerMessage(EventId = 3025, EventName = "login-overload", Level = LogLevel.Warning, Message = "too many passwords wait to be verified, a request was answered 503: client={Client} host={Host}")]
    private partial void LogOverloaded(string client, string host);

    [LoggerMessage(EventId = 3026, EventName = "auth-request-failed", Level = LogLevel.Error, Message = "the location of auth_request answered neither yes nor no, the request was answered 500: status={Status} client={Client} host={Host} request={Request}")]
    private partial void LogUndecided(int status, string client, string host, string request);
}
