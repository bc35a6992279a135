using System.Diagnostics;
using Balancer.Configuration;
using Balancer.TestSupport;
using Balancer.TestSupport.Tracing;
using Microsoft.Extensions.Logging;

namespace Balancer.Observability.Tracing;

/// <summary>The way of spans to the collector.</summary>
public sealed class SpanExportTests
{
    private readonly TraceMetrics _metrics = new();
    private readonly TraceLog _log = new(new LogCapture().CreateLogger("Balancer.Tracing"));

    [Fact]
    public async Task What_there_is_no_room_for_is_dropped_and_counted()
    {
        await using var collector = await OtlpCollector.StartAsync();
        var held = new TaskCompletionSource();
        collector.Hold = held.Task;
        using (var export = new SpanExport(Settings($"http://{collector.Address}", batchSize: 2, batchCount: 2), _metrics, _log))
        {
            export.Start();
            for (var i = 0; i < 7; i++)
            {
                export.Add(Span($"span {i}"));
            }

            Assert.Equal((3, 0), (_metrics.Dropped.Value, _metrics.Exported.Value));
            held.SetResult();
        }

        Assert.Equal(["span 0", "span 1", "span 2", "span 3"], collector.Spans.Select(span => span.Name).Order());
        Assert.Equal((3, 4, 0), (_metrics.Dropped.Value, _metrics.Exported.Value, _metrics.Failed.Value));
    }

    [Fact]
    public void A_span_that_comes_after_the_end_is_dropped()
    {
        var export = new SpanExport(Settings("http://127.0.0.1:1"), _metrics, _log);
        export.Start();
        export.Dispose();
        export.Start();

        export.Add(Span("late"));

        Assert.Equal(1, _metrics.Dropped.Value);
    }

    [Fact]
    public async Task Snapshots_with_the_same_settings_share_an_export_until_the_last_lets_go()
    {
        var registry = new SpanExportRegistry(_metrics, _log);
        var first = registry.Acquire(Settings("http://127.0.0.1:1"));

        var second = registry.Acquire(Settings("http://127.0.0.1:1"));
        var other = registry.Acquire(Settings("http://127.0.0.1:2"));

        Assert.Same(first, second);
        Assert.NotSame(first, other);
        await registry.ReleaseAsync(first);
        Assert.Same(first, registry.Acquire(Settings("http://127.0.0.1:1")));
        await registry.ReleaseAsync(first);
        await registry.ReleaseAsync(first);
        Assert.NotSame(first, registry.Acquire(Settings("http://127.0.0.1:1")));
        await registry.ReleaseAsync(null);
    }

    public static TheoryData<string> Changes => ["endpoint", "protocol", "interval", "batch_size", "batch_count", "header", "no header", "service", "resource", "authorities", "empty authorities"];

    [Theory]
    [MemberData(nameof(Changes))]
    public void Settings_differ_in_whatever_a_collector_could_notice(string what)
    {
        var before = Settings("http://127.0.0.1:1") with { Authorities = what == "empty authorities" ? null : [1] };
        var exporter = before.Exporter;
        var after = what switch
        {
            "endpoint" => before with { Exporter = exporter with { Endpoint = "http://127.0.0.1:2" } },
            "protocol" => before with { Exporter = exporter with { Protocol = OtlpProtocol.HttpProtobuf } },
            "interval" => before with { Exporter = exporter with { Interval = TimeSpan.FromSeconds(1) } },
            "batch_size" => before with { Exporter = exporter with { BatchSize = 1 } },
            "batch_count" => before with { Exporter = exporter with { BatchCount = 1 } },
            "header" => before with { Exporter = exporter with { Headers = Texts(("X-Key", "2")) } },
            "no header" => before with { Exporter = exporter with { Headers = null } },
            "service" => before with { ServiceName = "other" },
            "resource" => before with { ResourceAttributes = Texts(("zone", "b")) },
            "authorities" => before with { Authorities = [2] },
            _ => before with { Authorities = [] },
        };

        Assert.False(before.IsSame(after));
        Assert.False(after.IsSame(before));
        Assert.True(after.IsSame(after with { Exporter = after.Exporter with { Source = new SourceLocation("other", 7, 7) } }));
    }

    [Theory]
    [InlineData("http://c:4318", OtlpProtocol.HttpProtobuf, "http://c:4318/v1/traces")]
    [InlineData("https://c:4318/", OtlpProtocol.HttpProtobuf, "https://c:4318/v1/traces")]
    [InlineData("http://c:4318/otlp/v1/traces", OtlpProtocol.HttpProtobuf, "http://c:4318/otlp/v1/traces")]
    [InlineData("http://c:4317", OtlpProtocol.Grpc, "http://c:4317/")]
    public void The_path_of_http_is_the_usual_one_unless_another_is_given(string endpoint, OtlpProtocol protocol, string expected)
    {
        var settings = Settings(endpoint);

        Assert.Equal(expected, (settings with { Exporter = settings.Exporter with { Protocol = protocol } }).EndpointUrl.ToString());
    }

    private static SpanExportSettings Settings(string endpoint, int batchSize = 512, int batchCount = 4) => new(
        new OtelExporterConfig { Source = SourceLocation.None, Endpoint = endpoint, BatchSize = batchSize, BatchCount = batchCount, Interval = TimeSpan.FromHours(1), Headers = Texts(("X-Key", "1")) },
        "test",
        Texts(("zone", "a")),
        null);

    private static Dictionary<string, ConfigText> Texts(params (string Name, string Value)[] texts) => texts.ToDictionary(text => text.Name, text => new ConfigText(text.Value, SourceLocation.None));

    private static Activity Span(string name)
    {
        var now = Stopwatch.GetTimestamp();
        var span = Spans.Start(name, ActivityKind.Server, default, now);
        span.SetEndTime(span.StartTimeUtc.AddMilliseconds(1));
        span.Stop();
        return span;
    }
}
