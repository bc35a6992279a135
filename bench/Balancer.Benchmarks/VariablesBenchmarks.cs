using Balancer.Configuration;
using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;
using BenchmarkDotNet.Attributes;

namespace Balancer.Benchmarks;

/// <summary>Texts with variables, as they stand in <c>return</c>, <c>proxy_set_header</c> and <c>hash</c>.</summary>
[MemoryDiagnoser]
public class VariablesBenchmarks
{
    private readonly HttpExchange _exchange = AccessLogSampleExchange.Create();
    private readonly ByteBuffer _output = new(1024);
    private TextTemplate _template = null!;

    [Params("$remote_addr", "https://$host$request_uri", "$proxy_add_x_forwarded_for", "$cookie_session", "$http_user_agent", "$request_time $time_local")]
    public string Text { get; set; } = "";

    [GlobalSetup]
    public void Setup() =>
        _template = TextTemplate.Compile(new ConfigText(Text, SourceLocation.None), new VariableScope(new WallClock(TimeProvider.System)), new List<ConfigError>());

    [Benchmark]
    public int Write()
    {
        _output.Clear();
        return _template.Write(_exchange, _output);
    }
}
