using System.Diagnostics;
using System.Diagnostics.Metrics;
using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Http.Variables;
using Balancer.Infrastructure;

namespace Balancer.Observability.Metrics;

public sealed class MetricsSourceTests
{
    [Fact]
    public void Requests_are_counted_by_location_and_class()
    {
        var traffic = new TrafficMetrics();
        var gateway = new GatewayMetrics(() => 5);
        var exchange = ExchangeBuilder.Full();
        gateway.Count(exchange, traffic.Of("api", "/a"));
        exchange.Status = 204;
        exchange.Error = ProxyError.None;
        gateway.Count(exchange, traffic.Of("api", "/a"));
        gateway.Count(exchange, traffic.Of("api", "/b"));

        var values = Values(traffic, gateway);
        Assert.Equal(1, values["balancer_http_requests_total{api,/a,5xx}"]);
        Assert.Equal(1, values["balancer_http_requests_total{api,/a,2xx}"]);
        Assert.Equal(0, values["balancer_http_requests_total{api,/a,3xx}"]);
        Assert.Equal(1, values["balancer_http_requests_total{api,/b,2xx}"]);
        Assert.Equal(2 * 1.234, values["balancer_http_request_duration_seconds{api,/a}"], 6);
        Assert.Equal(2 * 321, values["balancer_http_received_bytes_total{api,/a}"]);
        Assert.Equal(2 * 456, values["balancer_http_sent_bytes_total{api,/a}"]);
        Assert.Equal(1, values["balancer_http_request_errors_total{upstream_reset}"]);
        Assert.Equal(0, values["balancer_http_request_errors_total{client_aborted}"]);
        Assert.Equal(3, values["balancer_http_dropped_header_fields_total{}"]);
        Assert.Equal(5, values["balancer_http_requests_in_flight{}"]);
        Assert.DoesNotContain("balancer_http_requests_total{api,/a,none}", values.Keys);
    }

    [Theory]
    [InlineData(0, "none")]
    [InlineData(99, "none")]
    [InlineData(101, "1xx")]
    [InlineData(200, "2xx")]
    [InlineData(399, "3xx")]
    [InlineData(499, "4xx")]
    [InlineData(599, "5xx")]
    [InlineData(600, "none")]
    [InlineData(-1, "none")]
    public void Status_belongs_to_a_class(int status, string expected) => Assert.Equal(expected, CodeClass.Name(CodeClass.Of(status)));

    [Fact]
    public void Counters_outlive_a_reload_while_their_location_does()
    {
        var traffic = new TrafficMetrics();
        var kept = traffic.Of("api", "/a");
        var dropped = traffic.Of("api", "/b");
        kept.Requests(2).Increment();
        Assert.Same(kept, traffic.Of("api", "/a"));
        traffic.Retain([kept]);
        Assert.Same(kept, traffic.Of("api", "/a"));
        Assert.NotSame(dropped, traffic.Of("api", "/b"));
    }

    [Fact]
    public void Connections_and_refused_heads_are_counted()
    {
        var gateway = new GatewayMetrics(() => 0);
        gateway.ConnectionsAccepted.Add(5);
        gateway.ConnectionsClosed.Add(2);
        gateway.ConnectionsRefused.Add(1);
        gateway.Malformed(HeadError.BareLineFeed).Increment();
        var values = Values(gateway);
        Assert.Equal(5, values["balancer_downstream_connections_accepted_total{}"]);
        Assert.Equal(3, values["balancer_downstream_connections_active{}"]);
        Assert.Equal(1, values["balancer_downstream_connections_refused_total{}"]);
        Assert.Equal(1, values["balancer_http_malformed_requests_total{bare_line_feed}"]);
        Assert.Equal(0, values["balancer_http_malformed_requests_total{transfer_encoding_in_http10}"]);
    }

    [Fact]
    public void Reloads_are_told_by_result()
    {
        var time = new FakeTimeProvider();
        var reloads = new ReloadMetrics(time);
        Assert.Equal(1, Values(reloads)["balancer_config_last_reload_successful{}"]);
        time.Advance(TimeSpan.FromSeconds(10));
        reloads.Failed();
        var values = Values(reloads);
        Assert.Equal(0, values["balancer_config_last_reload_successful{}"]);
        Assert.Equal(1795231647.123, values["balancer_config_last_reload_success_timestamp_seconds{}"]);
        Assert.Equal(1, values["balancer_config_reloads_total{failure}"]);
        reloads.Succeeded();
        values = Values(reloads);
        Assert.Equal(1, values["balancer_config_last_reload_successful{}"]);
        Assert.Equal(1795231657.123, values["balancer_config_last_reload_success_timestamp_seconds{}"]);
        Assert.Equal(1, values["balancer_config_reloads_total{success}"]);
    }

    [Fact]
    public void Process_and_runtime_tell_plausible_values()
    {
        var values = Values(new ProcessMetrics(), new RuntimeMetrics(), new BuildMetrics());
        Assert.InRange(values["process_cpu_seconds_total{}"], 0.01, 1e6);
        Assert.InRange(values["process_resident_memory_bytes{}"], 1 << 20, 1L << 40);
        Assert.InRange(values["process_virtual_memory_bytes{}"], values["process_resident_memory_bytes{}"], 1L << 50);
        Assert.InRange(values["process_open_fds{}"], 3, values["process_max_fds{}"]);
        Assert.InRange(values["process_threads{}"], 2, 10_000);
        Assert.InRange(values["process_start_time_seconds{}"], DateTimeOffset.UtcNow.AddDays(-2).ToUnixTimeSeconds(), DateTimeOffset.UtcNow.AddSeconds(2).ToUnixTimeSeconds());
        Assert.InRange(values["dotnet_gc_allocated_bytes_total{}"], 1, double.MaxValue);
        Assert.Equal(3, values.Keys.Count(key => key.StartsWith("dotnet_gc_collections_total", StringComparison.Ordinal)));
        Assert.All(values.Values, value => Assert.True(value >= 0));
        Assert.Single(values.Keys, key => key.StartsWith("balancer_build_info{0.", StringComparison.Ordinal));
    }

    [Fact]
    public void Meter_shows_the_same_values()
    {
        var registry = new MetricsRegistry();
        var traffic = new TrafficMetrics();
        registry.Add(traffic, new GatewayMetrics(() => 5));
        traffic.Of("api", "/a").Count(ExchangeBuilder.Full());
        using var meter = new BalancerMeter(registry, new FakeTimeProvider());

        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter == meter.Meter)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            seen[$"{instrument.Name}{{{string.Join(',', tags.ToArray().Select(tag => tag.Value))}}}"] = value);
        listener.Start();
        listener.RecordObservableInstruments();

        var expected = Values(registry.Collect());
        Assert.Equal(expected.Where(pair => !pair.Key.Contains("duration")), seen.Where(pair => !pair.Key.Contains("duration")));
        Assert.Equal(1.234, seen["balancer_http_request_duration_seconds_sum{api,/a}"], 6);
        Assert.Equal(1, seen["balancer_http_request_duration_seconds_count{api,/a}"]);
        Assert.Equal(0, seen["balancer_http_request_duration_seconds_bucket{api,/a,1}"]);
        Assert.Equal(1, seen["balancer_http_request_duration_seconds_bucket{api,/a,2.5}"]);
        Assert.Equal(1, seen["balancer_http_request_duration_seconds_bucket{api,/a,+Inf}"]);
    }

    [Fact]
    public void Counting_a_request_allocates_nothing()
    {
        var gateway = new GatewayMetrics(() => 0);
        var location = new TrafficMetrics().Of("api", "/a");
        var exchange = ExchangeBuilder.Full();
        gateway.Count(exchange, location);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            gateway.Count(exchange, location);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Wrong_number_of_labels_is_refused() =>
        Assert.Throws<ArgumentException>(() => new MetricsCollector().Add(MetricFamilies.Requests, 1, "only one"));

    private static Dictionary<string, double> Values(params ReadOnlySpan<IMetricsSource> sources)
    {
        var registry = new MetricsRegistry();
        registry.Add(sources);
        return Values(registry.Collect());
    }

    private static Dictionary<string, double> Values(IReadOnlyList<MetricFamilySamples> families) => families
        .SelectMany(family => family.Samples.Select(sample => ($"{family.Family.SampleName}{{{string.Join(',', sample.LabelValues)}}}", sample.Value)))
        .ToDictionary();
}
