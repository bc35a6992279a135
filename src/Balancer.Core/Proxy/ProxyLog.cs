using System.Net;
using System.Text;
using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Http.Http2;
using Balancer.Upstreams;
using Microsoft.Extensions.Logging;

namespace Balancer.Proxy;

/// <summary>The error log's events of requests. Texts a client chose are given as values, which the writer escapes.</summary>
internal sealed partial class ProxyLog(ILogger logger)
{
    private readonly ILogger _logger = logger;

    /// <summary>A try on an upstream server failed.</summary>
    public void AttemptFailed(string upstream, UpstreamServer server, ProxyError error, HttpExchange exchange)
    {
        if (_logger.IsEnabled(LogLevel.Error))
        {
            LogAttemptFailed(upstream, server.Address, error, exchange.Client.ToString(), RequestLine(exchange));
        }
    }

    /// <summary>A TLS handshake with a server failed.</summary>
    public void UpstreamTlsFailed(string upstream, string server, string name, string reason) => LogUpstreamTlsFailed(upstream, server, name, reason);

    /// <summary>No server could be chosen.</summary>
    public void NoServer(string upstream, ProxyError error, HttpExchange exchange)
    {
        if (_logger.IsEnabled(LogLevel.Error))
        {
            LogNoServer(upstream, error, exchange.Client.ToString(), RequestLine(exchange));
        }
    }

    /// <summary>A response broke off after its head was passed on.</summary>
    public void ResponseBroken(string upstream, UpstreamServer server, ProxyError error, HttpExchange exchange)
    {
        if (_logger.IsEnabled(LogLevel.Error))
        {
            LogResponseBroken(upstream, server.Address, error, exchange.Client.ToString(), RequestLine(exchange));
        }
    }

    /// <summary>An HTTP/2 server reset the stream of a request before its response was whole.</summary>
    public void UpstreamStreamReset(string upstream, UpstreamServer server, Http2ErrorCode code, HttpExchange exchange)
    {
        if (_logger.IsEnabled(LogLevel.Information))
        {
            LogUpstreamStreamReset(upstream, server.Address, code, exchange.Client.ToString(), RequestLine(exchange));
        }
    }

    /// <summary>A client sent a head that was refused.</summary>
    public void RequestRefused(HeadError error, int status, HttpExchange exchange)
    {
        if (_logger.IsEnabled(LogLevel.Information))
        {
            LogRequestRefused(status, HeadErrors.Reason(error), exchange.Client.ToString());
        }
    }

    /// <summary>A request failed through its client.</summary>
    public void ClientFailed(ProxyError error, HttpExchange exchange)
    {
        if (_logger.IsEnabled(LogLevel.Information))
        {
            LogClientFailed(error, exchange.Client.ToString(), RequestLine(exchange));
        }
    }

    /// <summary>A regular expression of the configuration took too long on a request.</summary>
    public void ExpressionGivenUp(string pattern, HttpExchange exchange)
    {
        if (_logger.IsEnabled(LogLevel.Error))
        {
            LogExpressionGivenUp(pattern, exchange.Client.ToString(), RequestLine(exchange));
        }
    }

    /// <summary>A request was redirected within the gateway, or rewritten, more often than is allowed.</summary>
    public void RedirectCycle(HttpExchange exchange)
    {
        if (_logger.IsEnabled(LogLevel.Error))
        {
            LogRedirectCycle(Encoding.Latin1.GetString(exchange.NormalizedPath), exchange.Client.ToString(), RequestLine(exchange));
        }
    }

    /// <summary>A request was redirected to a named location that its server does not have.</summary>
    public void NoNamedLocation(string name, HttpExchange exchange)
    {
        if (_logger.IsEnabled(LogLevel.Error))
        {
            LogNoNamedLocation(name, exchange.Client.ToString(), RequestLine(exchange));
        }
    }

    /// <summary>A fault of ours.</summary>
    [LoggerMessage(EventId = 3006, EventName = "request-fault", Level = LogLevel.Critical, Message = "a request failed through a fault of the gateway")]
    public partial void Fault(Exception exception);

    private static string RequestLine(HttpExchange exchange)
    {
        var request = exchange.Request;
        return $"{Encoding.Latin1.GetString(request.ReceivedMethod)} {Encoding.Latin1.GetString(request.Target)}";
    }

    /// <summary>A connection did not begin with a valid PROXY protocol header.</summary>
    [LoggerMessage(EventId = 3007, EventName = "proxy-header-refused", Level = LogLevel.Warning, Message = "no valid PROXY protocol header: listen={Listen} client={Client}")]
    public partial void ProxyHeaderRefused(EndPoint listen, ClientAddress client);

    [LoggerMessage(EventId = 3008, EventName = "expression-given-up", Level = LogLevel.Error, Message = "a regular expression took too long and was given up: pattern={Pattern} client={Client} request={Request}")]
    private partial void LogExpressionGivenUp(string pattern, string client, string request);

    /// <summary>An HTTP/2 connection ended with an error of the client.</summary>
    [LoggerMessage(EventId = 3011, EventName = "http2-error", Level = LogLevel.Information, Message = "an HTTP/2 connection was ended: client={Client} fault={Fault} code={Code}")]
    public partial void Http2Error(ClientAddress client, Http2Fault fault, Http2ErrorCode code);

    /// <summary>A client did not take the end of a response, whose request was over and logged, while other streams went on.</summary>
    [LoggerMessage(EventId = 3016, EventName = "http2-end-untaken", Level = LogLevel.Information, Message = "the end of a response was not taken in time, its stream was reset: client={Client} stream={Stream}")]
    public partial void Http2RestReset(ClientAddress client, int stream);

    [LoggerMessage(EventId = 3001, EventName = "upstream-failed", Level = LogLevel.Error, Message = "a try on an upstream server failed: upstream={Upstream} server={Server} error={Error} client={Client} request={Request}")]
    private partial void LogAttemptFailed(string upstream, string server, ProxyError error, string client, string request);

    [LoggerMessage(EventId = 3002, EventName = "no-live-upstream", Level = LogLevel.Error, Message = "no server of the pool could take the request: upstream={Upstream} error={Error} client={Client} request={Request}")]
    private partial void LogNoServer(string upstream, ProxyError error, string client, string request);

    [LoggerMessage(EventId = 3003, EventName = "response-broken", Level = LogLevel.Error, Message = "a response broke off: upstream={Upstream} server={Server} error={Error} client={Client} request={Request}")]
    private partial void LogResponseBroken(string upstream, string server, ProxyError error, string client, string request);

    [LoggerMessage(EventId = 3017, EventName = "upstream-stream-reset", Level = LogLevel.Information, Message = "an HTTP/2 server reset the stream of a request: upstream={Upstream} server={Server} code={Code} client={Client} request={Request}")]
    private partial void LogUpstreamStreamReset(string upstream, string server, Http2ErrorCode code, string client, string request);

    [LoggerMessage(EventId = 3004, EventName = "request-refused", Level = LogLevel.Information, Message = "a request was refused: status={Status} reason={Reason} client={Client}")]
    private partial void LogRequestRefused(int status, string reason, string client);

    [LoggerMessage(EventId = 3005, EventName = "client-failed", Level = LogLevel.Information, Message = "a request ended through its client: error={Error} client={Client} request={Request}")]
    private partial void LogClientFailed(ProxyError error, string client, string request);

    [LoggerMessage(EventId = 3012, EventName = "redirect-cycle", Level = LogLevel.Error, Message = "a request was redirected within the gateway or rewritten more than 10 times and was answered 500: uri={Uri} client={Client} request={Request}")]
    private partial void LogRedirectCycle(string uri, string client, string request);

    [LoggerMessage(EventId = 3013, EventName = "no-named-location", Level = LogLevel.Error, Message = "a request was redirected to a named location that its server does not have and was answered 500: name={Name} client={Client} request={Request}")]
    private partial void LogNoNamedLocation(string name, string client, string request);

    [LoggerMessage(EventId = 3009, EventName = "upstream-tls-failed", Level = LogLevel.Error, Message = "TLS with an upstream server failed: upstream={Upstream} server={Server} name={Name} reason={Reason}")]
    private partial void LogUpstreamTlsFailed(string upstream, string server, string name, string reason);
}
