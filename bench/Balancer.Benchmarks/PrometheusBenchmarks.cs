using System.Buffers;
using Balancer.Http;
using Balancer.Observability.Metrics;
using BenchmarkDotNet.Attributes;

namespace Balancer.Benchmarks;

/// <summary>What counting costs a request, and what a scrape of 100 locations costs.</summary>
[MemoryDiagnoser]
public class PrometheusBenchmarks
{
    private readonly HttpExchange _exchange = AccessLogSampleExchange.Create();
    private readonly TrafficMetrics _traffic = new();
    private readonly GatewayMetrics _gateway = new(() => 0);
    private readonly MetricsRegistry _registry = new();
    private readonly ArrayBufferWriter<byte> _output = new(1 << 20);
    private LocationMetrics _location = null!;

    [GlobalSetup]
    public void Setup()
    {
        _registry.Add(_traffic, _gateway);
        for (var i = 0; i < 100; i++)
        {
            _location = _traffic.Of("api.example.com", $"/api/v{i}/");
            _gateway.Count(_exchange, _location);
        }
    }

    [Benchmark]
    public void CountRequest() => _gateway.Count(_exchange, _location);

    [Benchmark]
    public int Scrape()
    {
        _output.ResetWrittenCount();
        PrometheusTextWriter.Prometheus.Write(_registry.Collect(), _output);
        return _output.WrittenCount;
    }
}
