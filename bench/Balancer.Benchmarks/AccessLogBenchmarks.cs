using Balancer.Configuration;
using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;
using Balancer.Observability.Logging;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Benchmarks;

/// <summary>What an access log costs the thread that served the request: the line, and handing it to the writer.</summary>
[MemoryDiagnoser]
public class AccessLogBenchmarks
{
    private readonly HttpExchange _exchange = AccessLogSampleExchange.Create();
    private readonly ByteBuffer _line = new(2048);
    private LogFormat _format = null!;
    private AccessLogSet _logs = null!;
    private AccessLog _log = null!;

    [Params("combined", "json")]
    public string Format { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var scope = new VariableScope(new WallClock(TimeProvider.System));
        var errors = new List<ConfigError>();
        _format = Format == "json" ? LogFormat.Json(scope) : LogFormat.Combined(scope);
        _logs = new AccessLogRegistry(new LogDestinationOpener(), TimeProvider.System, NullLogger<AccessLogRegistry>.Instance).CreateSet(new Dictionary<string, ConfigText>(), scope, errors);
        _log = _logs.Open(new AccessLogConfig { Source = SourceLocation.None, Path = "/dev/null", Format = Format }, scope, errors)!;
    }

    [GlobalCleanup]
    public async Task Cleanup() => await _logs.DisposeAsync();

    [Benchmark]
    public int FormatLine()
    {
        _line.Clear();
        _format.Write(_exchange, _line);
        return _line.Length;
    }

    [Benchmark]
    public void Write() => _log.Write(_exchange);
}
