using System.Net;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Proxy;
using Balancer.Routing;
using Balancer.TestSupport;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Benchmarks;

/// <summary>
/// What traffic policy has the processor do for a request, beyond what a location without it does: <c>limit_req</c>, <c>allow</c> and
/// <c>deny</c>, six fields of <c>add_header</c> with a request id among them. Locations come from a configuration, through the compiler.
/// </summary>
[MemoryDiagnoser]
public class PolicyBenchmarks
{
    private readonly HeadDownstream _downstream = new();
    private readonly HttpExchange _exchange = AccessLogSampleExchange.Create();

    // One client alone would be faster than any rate that can be written.
    private readonly ClientAddress[] _clients = [.. Enumerable.Range(0, 16).Select(static i => new ClientAddress(IPAddress.Parse($"198.51.100.{i}"), 50000))];
    private int _next;
    private GatewayHost _gateway = null!;
    private GatewayServices _services = null!;
    private AccessPhase _access = null!;
    private Location _location = null!;

    /// <summary>The location.</summary>
    [Params("/bare", "/limit_req", "/access", "/fields", "/policy")]
    public string Path { get; set; } = "";

    /// <summary>Compiles the configuration.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        const string Limit = "limit_req = 'zone=z burst=1000000 nodelay'";
        const string Access = "access = ['allow 10.0.0.0/8', 'allow 198.51.100.0/24', 'allow 2001:db8::/32', 'deny all']";
        const string Fields = """
            add_header.Strict-Transport-Security = "max-age=63072000; includeSubDomains"
            add_header.Content-Security-Policy = "default-src 'self'; object-src 'none'; frame-ancestors 'none'"
            add_header.X-Frame-Options = "DENY"
            add_header.X-Content-Type-Options = "nosniff"
            add_header.Referrer-Policy = "strict-origin-when-cross-origin"
            add_header.X-Request-ID = "$request_id"
            """;
        (string Path, string Keys)[] locations = [("/bare", ""), ("/limit_req", Limit), ("/access", Access), ("/fields", Fields), ("/policy", $"{Limit}\n{Access}\n{Fields}")];
        var files = new MemoryConfigurationFiles().Add("bench.toml", $"""
            limit_req_zone = "$binary_remote_addr zone=z:10m rate=1000000r/s"
            [[server]]
            listen = "127.0.0.1:0"
            {string.Concat(locations.Select(location => $"[[server.location]]\npath = '{location.Path}'\nproxy_pass = 'http://127.0.0.1:9'\n{location.Keys}\n"))}
            """);
        _gateway = await GatewayHost.StartAsync(ConfigurationLoader.Load("bench.toml", files).Config!, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        _services = new GatewayServices(NullLoggerFactory.Instance, TimeProvider.System, new Observability.Logging.LogDestinationProbe());
        _access = new AccessPhase(_services, new AuthSubrequest(_services, new Forwarder(_services), new FileResponder(_services)));
        _location = _gateway.Snapshot!.Servers[0].Locations.Find(System.Text.Encoding.ASCII.GetBytes(Path)).Payload!;
    }

    /// <summary>The phases of one request, as the pipeline calls them.</summary>
    [Benchmark]
    public async ValueTask<int> Request()
    {
        var refusal = 0;
        _exchange.LimitReqOutcome = LimitOutcome.None;
        _exchange.Client = _clients[_next++ & 15];
        if (_location.TrafficLimits is { } limits)
        {
            refusal = (await limits.EnterAsync(_exchange, _downstream)).Status;
        }

        if (_location.AccessOf(_exchange.Request) is { } access)
        {
            refusal |= await _access.CheckAsync(_exchange, _downstream, _location, access, isTrusted: false);
        }

        _downstream.Head.Truncate(0);
        LocalResponse.AddFields(_exchange, _downstream, _location);
        return refusal != 0 ? throw new InvalidOperationException("the request was refused") : _downstream.Head.Length;
    }

    /// <summary>Stops everything.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        _services.Dispose();
        await _gateway.DisposeAsync();
    }
}
