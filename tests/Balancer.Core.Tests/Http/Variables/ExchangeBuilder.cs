using System.Diagnostics;
using System.Net;
using System.Text;
using Balancer.Http.Http1;

namespace Balancer.Http.Variables;

/// <summary>Makes exchanges in the state the pipeline leaves them in when a request is over.</summary>
internal static class ExchangeBuilder
{
    public static HttpExchange Parsed(string request = "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n", bool underscores = false)
    {
        var exchange = new HttpExchange
        {
            Connection = new DownstreamConnection
            {
                Serial = 42,
                Requests = 3,
                StartTimestamp = 1_000_000,
                Peer = new ClientAddress(IPAddress.Parse("192.0.2.1"), 51000),
                Local = new ClientAddress(IPAddress.Parse("192.0.2.80"), 8080),
            },
            Client = new ClientAddress(IPAddress.Parse("198.51.100.7"), 40001),
        };
        var bytes = Encoding.Latin1.GetBytes(request);
        var parser = new Http1RequestParser(HeadLimits.Requests with { UnderscoresInHeaders = underscores });
        var result = parser.Parse(bytes, exchange.Request);
        Assert.Equal(HeadParseStatus.Complete, result.Status);
        exchange.Request.Own(bytes);
        exchange.NormalizedPath = exchange.Request.Path.ToArray();
        exchange.ServerName = "api.example.com"u8.ToArray();
        return exchange;
    }

    /// <summary>One request with everything a variable could print.</summary>
    public static HttpExchange Full()
    {
        var exchange = Parsed(
            "POST /a%20b/x?Q=1&name=J%C3%B6rg&flag&name=2 HTTP/1.1\r\n" +
            "Host: API.Example.com:8080\r\n" +
            "User-Agent: curl/8.0\r\n" +
            "Referer: http://ref/\r\n" +
            "X-Tenant: t1\r\n" +
            "x-tenant: t2\r\n" +
            "X-Empty:\r\n" +
            "X_Hidden: secret\r\n" +
            "Cookie: a=1; Session = s%3D1 ; b=2\r\n" +
            "Cookie: c=3\r\n" +
            "Authorization: Basic dXNlcjpwYXNz\r\n" +
            "X-Forwarded-For: 203.0.113.1\r\n" +
            "X-Forwarded-For: 203.0.113.2\r\n" +
            "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n" +
            "Content-Type: text/plain\r\n" +
            "Content-Length: 5\r\n\r\n");
        exchange.Trace.Extract(exchange.Request);
        var second = Stopwatch.Frequency;
        exchange.NormalizedPath = "/a b/x"u8.ToArray();
        exchange.Connection.ProxyProtocolSource = new ClientAddress(IPAddress.Parse("2001:db8::1"), 1234);
        exchange.Connection.ProxyProtocolDestination = new ClientAddress(IPAddress.Parse("2001:db8::2"), 443);
        exchange.ProxyHost = "admin_backend"u8.ToArray();
        exchange.ProxyPort = "80"u8.ToArray();
        exchange.StartTimestamp = 5 * second;
        exchange.EndTimestamp = 6 * second + 234 * second / 1000;
        exchange.Status = 502;
        exchange.LimitReqOutcome = LimitOutcome.Delayed;
        exchange.LimitConnOutcome = LimitOutcome.Passed;
        exchange.RequestLength = 321;
        exchange.BytesSent = 456;
        exchange.BodyBytesSent = 123;
        exchange.Completed = true;
        exchange.IsPipelined = true;
        exchange.Error = ProxyError.UpstreamReset;
        exchange.Captures = ["/whole", "first", "second"];
        exchange.CaptureNames = [null, null, "tenant"];

        AddResponse(exchange.Response, ("Content-Type", "text/html"), ("X-Up", "1"), ("x-up", "2"), ("Set-Cookie", "sid=abc; Path=/; HttpOnly"));

        ref var first = ref exchange.BeginAttempt("10.0.0.1:80"u8.ToArray());
        first.Status = 502;
        first.ResponseTicks = 5 * second / 1000;
        first.Error = ProxyError.UpstreamConnectFailed;
        ref var last = ref exchange.BeginAttempt("unix:/run/up.sock"u8.ToArray());
        last.Status = 200;
        last.ConnectTicks = 0;
        last.HeaderTicks = 10 * second / 1000;
        last.ResponseTicks = second + 15 * second / 1000;
        last.BytesReceived = 700;
        last.BytesSent = 300;
        last.ResponseLength = 600;
        return exchange;
    }

    public static void AddResponse(ResponseHead head, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        head.Status = 200;
        head.Append("HTTP/1.1 200 OK\r\n"u8);
        foreach (var (name, value) in fields)
        {
            var nameStart = head.Append(Encoding.ASCII.GetBytes(name));
            head.Append(": "u8);
            var valueStart = head.Append(Encoding.ASCII.GetBytes(value));
            head.Append("\r\n"u8);
            ref var field = ref head.Headers.Add();
            field.NameStart = nameStart;
            field.NameLength = name.Length;
            field.ValueStart = valueStart;
            field.ValueLength = value.Length;
        }
    }
}
