using System.Text;
using Balancer.Configuration;
using Balancer.Proxy;
using Balancer.TestSupport;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Benchmarks;

/// <summary>
/// A request all the way: client, gateway and upstream server in this process, over loopback and keepalive connections. Client and server allocate nothing,
/// so what is allocated is the gateway's; the time holds their system calls too, and is no measure of the gateway alone (bench/compare is).
/// </summary>
[MemoryDiagnoser]
public class EndToEndBenchmarks
{
    private const int Requests = 3_200;

    private BlockingUpstream _upstream = null!;
    private GatewayHost _gateway = null!;
    private BlockingClients _clients = null!;

    /// <summary>How many clients have a request running at a time.</summary>
    [Params(1, 64)]
    public int Connections { get; set; }

    /// <summary>What is asked and answered.</summary>
    [Params("GET 64 B", "GET 16 KB", "GET chunked", "POST 1 KB")]
    public string Exchange { get; set; } = "";

    /// <summary>Starts server, gateway and clients.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        var body = new string('x', Exchange == "GET 16 KB" ? (16 * 1024) - 1 : 63) + "!";
        var isChunked = Exchange == "GET chunked";
        var isPost = Exchange == "POST 1 KB";
        var response = isChunked
            ? "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n" + body + "\r\n0\r\n\r\n"
            : $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        var request = isPost
            ? "POST /orders HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 1024\r\n\r\n" + new string('x', 1023) + "!"
            : "GET /api/v1/customer/42?view=full HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n";
        _upstream = new BlockingUpstream(Encoding.Latin1.GetBytes(response), isPost ? "!" : "\r\n\r\n");
        var files = new MemoryConfigurationFiles().Add("bench.toml", $"""
            [upstream.pool]
            keepalive = 128
            keepalive_requests = 1000000000
            server = ["{_upstream.Address}"]

            [[server]]
            listen = "127.0.0.1:0"
            keepalive_requests = 1000000000
            access_log = "off"

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"
            """);
        _gateway = await GatewayHost.StartAsync(ConfigurationLoader.Load("bench.toml", files).Config!, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        _clients = new BlockingClients(_gateway.Listeners[0].EndPoint, Connections, request, isChunked ? "0\r\n\r\n" : "!");
    }

    /// <summary>Requests and their responses; figures are for one.</summary>
    [Benchmark(OperationsPerInvoke = Requests)]
    public void Request() => _clients.Run(Requests / Connections);

    /// <summary>Stops everything.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        _clients.Dispose();
        await _gateway.DisposeAsync();
        _upstream.Dispose();
    }
}
