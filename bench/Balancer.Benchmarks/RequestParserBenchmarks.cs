using System.Text;
using Balancer.Http;
using Balancer.Http.Http1;
using BenchmarkDotNet.Attributes;

namespace Balancer.Benchmarks;

/// <summary>Parsing request heads: the bare one of a load generator, a typical one of an API client, a browser's.</summary>
[MemoryDiagnoser]
public class RequestParserBenchmarks
{
    private static readonly byte[] s_bare = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n");

    private static readonly byte[] s_typical = Encoding.ASCII.GetBytes(
        "GET /api/v1/users?page=2 HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n");

    private static readonly byte[] s_browser = Encoding.ASCII.GetBytes(
        "GET /assets/app-4f2a.css HTTP/1.1\r\nHost: www.example.com\r\nConnection: keep-alive\r\n"
        + "sec-ch-ua: \"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\"\r\nsec-ch-ua-mobile: ?0\r\nsec-ch-ua-platform: \"Linux\"\r\n"
        + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36\r\n"
        + "Accept: text/css,*/*;q=0.1\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: style\r\n"
        + "Referer: https://www.example.com/\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-US,en;q=0.9\r\n"
        + "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=1\r\n\r\n");

    private readonly Http1RequestParser _parser = new(HeadLimits.Requests);
    private readonly RequestHead _head = new();

    [Benchmark(Baseline = true, Description = "1 field")]
    public int Bare() => Parse(s_bare);

    [Benchmark(Description = "5 fields")]
    public int Typical() => Parse(s_typical);

    [Benchmark(Description = "13 fields")]
    public int Browser() => Parse(s_browser);

    private int Parse(byte[] data)
    {
        _head.Reset();
        return _parser.Parse(data, _head).Consumed;
    }
}
