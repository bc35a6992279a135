using System.Net;
using System.Text;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Proxy;
using Balancer.Routing;
using BenchmarkDotNet.Attributes;

namespace Balancer.Benchmarks;

/// <summary>Writing the head an upstream server gets, of a request with five fields and with the forwarding fields of the gateway.</summary>
[MemoryDiagnoser]
public class HeadWriterBenchmarks
{
    private readonly HeadWriter _writer = new();
    private readonly HttpExchange _exchange = new()
    {
        Connection = new DownstreamConnection
        {
            Peer = new ClientAddress(IPAddress.Parse("192.0.2.1"), 51000),
            Local = new ClientAddress(IPAddress.Parse("192.0.2.80"), 443),
        },
        Client = new ClientAddress(IPAddress.Parse("192.0.2.1"), 51000),
    };

    private ProxyAction _action = null!;

    [Params(false, true)]
    public bool ReplacesUri { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var data = Encoding.ASCII.GetBytes(
            "GET /api/v1/users?page=2 HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n");
        _exchange.Request.Reset();
        new Http1RequestParser(HeadLimits.Requests).Parse(data, _exchange.Request);
        _exchange.Request.Own(data);
        _exchange.NormalizePath();
        _action = new ProxyAction
        {
            Upstream = null!,
            Uri = new ProxyUri(ReplacesUri ? "/v1/" : null, "/api/v1/"),
            Host = "api_backend"u8.ToArray(),
            Port = "80"u8.ToArray(),
            SetFields = [],
            DroppedFields = new FieldNameSet([]),
            Forwarding = ForwardingFields.All,
            HiddenFields = new FieldNameSet([]),
            HiddenWithExpires = new FieldNameSet([]),
            ConnectTimeout = 60_000,
            SendTimeout = 60_000,
            ReadTimeout = 60_000,
            ResponseLimits = HeadLimits.OfSize(8192),
            BodyBufferSize = 16 * 1024,
            NextUpstream = NextUpstreamConditions.Error,
            NextUpstreamTries = 0,
            NextUpstreamTimeout = 0,
            IgnoreClientAbort = false,
            ProxyProtocolVersion = 0,
        };
    }

    [Benchmark]
    public int UpstreamRequest()
    {
        _writer.Reset();
        RequestHeadComposer.Compose(_exchange, _action, isTrusted: false, _writer);
        return _writer.Length;
    }
}
