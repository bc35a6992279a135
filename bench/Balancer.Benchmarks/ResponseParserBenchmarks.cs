using System.Text;
using Balancer.Http;
using Balancer.Http.Http1;
using BenchmarkDotNet.Attributes;

namespace Balancer.Benchmarks;

/// <summary>Parsing the head of an upstream response.</summary>
[MemoryDiagnoser]
public class ResponseParserBenchmarks
{
    private static readonly byte[] s_typical = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Tue, 02 Jun 2026 10:00:00 GMT\r\nContent-Type: application/json\r\nContent-Length: 64\r\nConnection: keep-alive\r\n\r\n");

    private readonly Http1ResponseParser _parser = new(HeadLimits.OfSize(8192));
    private readonly ResponseHead _head = new();

    [Benchmark(Description = "5 fields")]
    public int Typical()
    {
        _head.Reset();
        return _parser.Parse(s_typical, _head).Consumed;
    }
}
