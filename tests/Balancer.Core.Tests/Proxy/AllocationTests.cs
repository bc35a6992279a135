using System.Text;
using Balancer.TestSupport;
using Microsoft.Extensions.Logging;

namespace Balancer.Proxy;

/// <summary>
/// What a request costs the garbage collector in steady state: nothing. Measured over the whole process, with clients and
/// upstream server that allocate nothing either, so that no thread of the gateway escapes.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class AllocationTests
{
    private const int Connections = 16;
    private const int WarmUpRounds = 100;

    /// <summary>What the clock, the runtime and the test framework may take meanwhile, in bytes: less than an object a request.</summary>
    private const long Background = 16_000;

    private const int MaxTries = 40;

    private const string Get = "GET /api/v1/customer/42?view=full HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: test/1.0\r\nAccept: */*\r\nAccept-Encoding: gzip\r\nCookie: session=0123456789abcdef\r\n\r\n";
    private const string PostLength = "POST /orders HTTP/1.1\r\nHost: api.example.com\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{\"quantity\": 1234}\n!";
    private const string PostChunked = "POST /orders HTTP/1.1\r\nHost: api.example.com\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n8\r\n89abcdef\r\n0\r\n\r\n";

    private const string Length = "HTTP/1.1 200 OK\r\nServer: test\r\nContent-Type: text/plain\r\nContent-Length: 64\r\n\r\n0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde!";
    private const string Cookie = "HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 1\r\n\r\n!";
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n8\r\n89abcdef\r\n0\r\n\r\n";
    private const string NotModified = "HTTP/1.1 304 Not Modified\r\nETag: \"abc\"\r\n\r\n";

    [OptimizedTheory]
    [InlineData("GET", 1_250, Get, Length, "\r\n\r\n", "!", "")]
    [InlineData("GET by least_conn", 250, Get, Length, "\r\n\r\n", "!", "least_conn = true")]
    [InlineData("GET by hash", 250, Get, Length, "\r\n\r\n", "!", "hash = '$request_uri consistent'")]
    [InlineData("GET, chunked response", 250, Get, Chunked, "\r\n\r\n", "0\r\n\r\n", "")]
    [InlineData("GET, no body", 250, Get, NotModified, "\r\n\r\n", "\r\n\r\n", "")]
    [InlineData("POST with a length", 250, PostLength, Length, "!", "!", "")]
    [InlineData("POST in chunks", 250, PostChunked, Chunked, "\r\n0\r\n\r\n", "0\r\n\r\n", "")]
    public Task Requests_allocate_nothing(string what, int rounds, string request, string response, string requestEnd, string responseEnd, string pool) =>
        CheckAsync(what, rounds, request, response, requestEnd, responseEnd, pool, server: "");

    [OptimizedTheory]
    [InlineData("https://app.example.com")]
    [InlineData("https://a.b.example.org")]
    [InlineData("https://refused.example")]
    public Task Requests_with_fields_of_every_policy_allocate_nothing(string origin) => CheckAsync(
        origin,
        250,
        Get.Replace("Accept: */*", $"Accept: */*\r\nOrigin: {origin}", StringComparison.Ordinal),
        Length,
        "\r\n\r\n",
        "!",
        pool: "",
        server: """
            expires = "30d"
            error_page = "502 504 /sorry"
            proxy_intercept_errors = true
            cors = { allow_origin = ["https://app.example.com", "https://*.example.org"], expose_headers = "X-Total", allow_credentials = true }
            """);

    [OptimizedTheory]
    [InlineData("combined")]
    [InlineData("json")]
    public async Task Logged_requests_allocate_nothing(string format)
    {
        var file = Path.GetTempFileName();
        try
        {
            await CheckAsync(format, 250, Get, Length, "\r\n\r\n", "!", pool: "", server: $"access_log = '{file} {format} buffer=64k flush=1s'");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [OptimizedTheory]
    [InlineData("by address", "access = ['deny 192.0.2.0/24', 'allow 127.0.0.0/8', 'deny all']")]
    [InlineData("by a password that was right a moment ago", "auth_basic = 'staff'\nauth_basic_user_file = 'USERS'")]
    [InlineData("by either", "satisfy = 'any'\ndeny = 'all'\nauth_basic = 'staff'\nauth_basic_user_file = 'USERS'")]
    public async Task Requests_that_are_let_in_allocate_nothing(string what, string server)
    {
        var users = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(users, "ada:{PLAIN}geheim\n");
            await CheckAsync(what, 250, Get.Replace("Accept: */*", "Authorization: Basic YWRhOmdlaGVpbQ=="), Length, "\r\n\r\n", "!", pool: "", server: server.Replace("USERS", users));
        }
        finally
        {
            File.Delete(users);
        }
    }

    [OptimizedTheory]
    [InlineData("trailers", Get, Length, "\r\n\r\n", "X-T: s=200\r\n\r\n", "add_trailer = { X-T = 's=$status' }")]
    [InlineData("a method and body of its own", PostLength, Length, "the end of /orders", "!", "proxy_method = 'PUT'\nproxy_set_body = 'the end of $uri'")]
    [InlineData("no fields", Get, Length, "\r\n\r\n", "!", "proxy_pass_request_headers = false")]
    [InlineData("flags of cookies", Get, Cookie, "\r\n\r\n", "!", "proxy_cookie_flags = 'a secure samesite=lax'")]
    public Task Requests_that_are_changed_on_their_way_allocate_nothing(string what, string request, string response, string requestEnd, string responseEnd, string server) =>
        CheckAsync(what, 250, request, response, requestEnd, responseEnd, pool: "", server: server);

    [OptimizedTheory]
    [InlineData("refused")]
    [InlineData("always")]
    public Task Requests_that_limits_count_allocate_nothing(string fields) => CheckAsync(
        $"limits, {fields}", 250, Get, Length, "\r\n\r\n", "!", pool: "",
        server: $"limit_req = ['zone=a burst=500000 nodelay', 'zone=h burst=500000 nodelay']\nlimit_req_headers = '{fields}'\nlimit_conn = ['c 1000', 'd 1000']",
        top: "limit_req_zone = ['$binary_remote_addr zone=a:1m rate=1000000r/s', '$host$uri zone=h:1m rate=60000000r/m']\nlimit_conn_zone = ['$binary_remote_addr zone=c:1m', '$host zone=d:1m']");

    [OptimizedTheory]
    [InlineData("by its address", "HTTP/1.1 403", "deny = 'all'", "")]
    [InlineData("without credentials", "HTTP/1.1 401", "auth_basic = 'staff of $host'\nauth_basic_user_file = '/dev/null'", "")]
    [InlineData("by limit_req", "HTTP/1.1 503", "limit_req = 'zone=z'", "limit_req_zone = '$binary_remote_addr zone=z:1m rate=1r/d'")]
    [InlineData("by limit_req with a status and fields", "HTTP/1.1 429", "limit_req = 'zone=z'\nlimit_req_status = 429\nlimit_req_headers = 'always'", "limit_req_zone = '$binary_remote_addr zone=z:1m rate=1r/d'")]
    [InlineData("by the page of the gateway", "HTTP/1.1 403", "deny = 'all'\nerror_page = '403 /sorry'\n[[server.location]]\npath = '/sorry'\nallow = 'all'\nreturn = '200 sorry!'", "", "sorry!")]
    public Task Refused_requests_allocate_nothing(string what, string status, string server, string top, string end = "</html>\r\n") =>
        CheckAsync(what, 250, Get, Length, "\r\n\r\n", end, pool: "", server, top, status);

    [OptimizedTheory]
    [InlineData("propagate")]
    [InlineData("inject")]
    public Task Requests_that_are_not_traced_allocate_nothing(string context) => CheckAsync(
        context,
        250,
        Get.Replace("Accept: */*", "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00\r\ntracestate: vendor=1", StringComparison.Ordinal),
        Length,
        "\r\n\r\n",
        "!",
        pool: "",
        server: $"otel_trace = '$otel_parent_sampled'\notel_trace_context = '{context}'\notel_span_attr = {{ tenant = '$http_x_tenant' }}",
        top: "otel_exporter = { endpoint = 'localhost:4317' }");

    private static async Task CheckAsync(string what, int rounds, string request, string response, string requestEnd, string responseEnd, string pool, string server, string top = "", string? refusal = null)
    {
        using var first = new BlockingUpstream(Encoding.Latin1.GetBytes(response), requestEnd);
        using var second = new BlockingUpstream(Encoding.Latin1.GetBytes(response), requestEnd);
        await using var gateway = await TestGateway.StartAsync(TestGateway.Toml(
            [first.Address, second.Address],
            pool: $"keepalive_requests = 1000000000\n{pool}",
            server: $"keepalive_requests = 1000000000\n{server}",
            top: top,
            location: "add_header = { X-Frame-Options = 'DENY', X-Served-By = '$upstream_addr' }"), log: refusal is null ? null : new LogCapture(LogLevel.Error, most: 100));
        if (refusal is not null)
        {
            // What a limit lets through.
            await gateway.SendAsync(request);
        }

        using var clients = new BlockingClients(gateway.EndPoint, Connections, request, responseEnd);
        Assert.StartsWith(refusal ?? response[..13], clients.Response);

        // The first rounds fill the pools, and their code is compiled anew while they run; then all comes for free.
        var allocated = new List<long>();
        do
        {
            allocated.Add(await MeasureAsync(clients, WarmUpRounds));
            if (allocated[^1] <= Background)
            {
                allocated.Add(await MeasureAsync(clients, rounds));
            }
        }
        while (allocated[^1] > Background && allocated.Count < MaxTries);

        Assert.True(allocated[^1] <= Background, $"{what}: bytes allocated by {Connections * WarmUpRounds} or {Connections * rounds} requests, try after try: {string.Join(", ", allocated)}");
    }

    private static async Task<long> MeasureAsync(BlockingClients clients, int rounds)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await Task.Run(() => clients.Run(rounds));
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
