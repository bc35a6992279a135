using System.Diagnostics;
using System.Net;
using Balancer.Http;
using Balancer.Http.Http1;

namespace Balancer.Benchmarks;

/// <summary>A browser's request, served by the second upstream server that was tried.</summary>
internal static class AccessLogSampleExchange
{
    private static ReadOnlySpan<byte> Head =>
        "GET /api/v1/orders/12345?expand=items&page=2 HTTP/1.1\r\n"u8 +
        "Host: api.example.com\r\n"u8 +
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"u8 +
        "Accept: application/json\r\n"u8 +
        "Accept-Encoding: gzip, deflate, br\r\n"u8 +
        "Referer: https://www.example.com/orders\r\n"u8 +
        "Cookie: session=0123456789abcdef0123456789abcdef\r\n\r\n"u8;

    public static HttpExchange Create()
    {
        var exchange = new HttpExchange
        {
            Connection = new DownstreamConnection { Serial = 1, Peer = new ClientAddress(IPAddress.Loopback, 50000), Local = new ClientAddress(IPAddress.Loopback, 80) },
            Client = new ClientAddress(IPAddress.Parse("198.51.100.7"), 50000),
            ServerName = "api.example.com"u8.ToArray(),
            NormalizedPath = "/api/v1/orders/12345"u8.ToArray(),
            Status = 200,
            RequestLength = 320,
            BytesSent = 1500,
            BodyBytesSent = 1300,
            StartTimestamp = 1,
            EndTimestamp = 1 + Stopwatch.Frequency / 80,
        };
        if (new Http1RequestParser(HeadLimits.Requests).Parse(Head, exchange.Request).Status != HeadParseStatus.Complete)
        {
            throw new InvalidOperationException("the sample request is not valid");
        }

        exchange.Request.Own(Head);
        ref var failed = ref exchange.BeginAttempt("10.0.2.10:3002"u8.ToArray());
        failed.Status = 502;
        failed.ResponseTicks = Stopwatch.Frequency / 1000;
        ref var served = ref exchange.BeginAttempt("10.0.2.11:3002"u8.ToArray());
        served.Status = 200;
        served.ConnectTicks = 0;
        served.HeaderTicks = served.ResponseTicks = Stopwatch.Frequency / 100;
        return exchange;
    }
}
