using Balancer.TestSupport;

namespace Balancer.Configuration;

/// <summary>The <c>otel_*</c> keys, as they are written.</summary>
public sealed class TracingTests
{
    private const string Exporter = "[otel_exporter]\nendpoint = 'collector:4317'\n";

    [Theory]
    [InlineData("otel_trace = true", "on")]
    [InlineData("otel_trace = false", "off")]
    [InlineData("otel_trace = 'on'", "on")]
    [InlineData("otel_trace = 'off'", "off")]
    [InlineData("otel_trace = '$otel_parent_sampled'", "$otel_parent_sampled")]
    public void Switches_are_read(string line, string expected) => Assert.Equal(expected, Load(line).Servers[0].Settings.Tracing.Trace!.Value);

    [Theory]
    [InlineData("extract", TraceContextMode.Extract)]
    [InlineData("inject", TraceContextMode.Inject)]
    [InlineData("propagate", TraceContextMode.Propagate)]
    [InlineData("ignore", TraceContextMode.Ignore)]
    public void Contexts_are_read(string word, TraceContextMode expected) => Assert.Equal(expected, Load($"otel_trace_context = '{word}'").Servers[0].Settings.Tracing.Context);

    [Theory]
    [InlineData("otel_span_attr = { a = 'x', 'b.c' = '$uri' }")]
    [InlineData("otel_span_attr = ['a x', 'b.c $uri']")]
    [InlineData("otel_span_attr = [{ a = 'x' }, 'b.c $uri']")]
    public void Attributes_are_read(string line) =>
        Assert.Equal(["a=x", "b.c=$uri"], Load(line).Servers[0].Settings.Tracing.SpanAttributes!.Select(pair => $"{pair.Key}={pair.Value.Value}"));

    [Fact]
    public void An_exporter_is_read()
    {
        var config = ConfigurationText.LoadGood("""
            otel_service_name = 'edge'
            otel_resource_attr = { 'deployment.environment.name' = 'test' }
            [otel_exporter]
            endpoint = 'https://collector:4318/otlp'
            protocol = 'http/protobuf'
            trusted_certificate = '/etc/ca.pem'
            header.Authorization = 'Bearer $x'
            interval = '1s'
            batch_size = 7
            batch_count = 8
            [[server]]
            return = 204
            """);

        var exporter = config.OtelExporter!;
        Assert.Equal(("edge", "test"), (config.OtelServiceName, config.OtelResourceAttributes!["deployment.environment.name"].Value));
        Assert.Equal(("https://collector:4318/otlp", OtlpProtocol.HttpProtobuf, "/etc/ca.pem"), (exporter.Endpoint, exporter.Protocol, exporter.TrustedCertificate!.Value));
        Assert.Equal(("Bearer $x", TimeSpan.FromSeconds(1), 7, 8), (exporter.Headers!["Authorization"].Value, exporter.Interval, exporter.BatchSize, exporter.BatchCount));
    }

    [Theory]
    [InlineData("collector:4317", "http://collector:4317")]
    [InlineData("http://collector:4317", "http://collector:4317")]
    [InlineData("https://collector", "https://collector")]
    [InlineData("https://[2001:db8::1]:4317", "https://[2001:db8::1]:4317")]
    [InlineData("127.0.0.1:4317", "http://127.0.0.1:4317")]
    public void Endpoints_are_read(string text, string expected) =>
        Assert.Equal(expected, ConfigurationText.LoadGood($"[otel_exporter]\nendpoint = '{text}'\n[[server]]\nreturn = 204").OtelExporter!.Endpoint);

    [Fact]
    public void Settings_come_from_the_level_above_and_attributes_as_a_whole()
    {
        var config = ConfigurationText.LoadGood($"""
            otel_trace = true
            otel_trace_context = 'propagate'
            otel_span_name = 'n'
            otel_span_attr = ['a x', 'b x']
            {Exporter}
            [[server]]
            otel_trace = false
            otel_span_attr = 'c x'
            return = 204
            """);

        var tracing = config.Servers[0].Settings.Over(config.Settings).Tracing;
        Assert.Equal(("off", TraceContextMode.Propagate, "n", false), (tracing.Trace!.Value, tracing.Context, tracing.SpanName!.Value, tracing.MayTrace));
        Assert.Equal(["c"], tracing.SpanAttributes!.Keys);
    }

    [Theory]
    [InlineData("otel_trace = 'sometimes'", "1:15: otel_trace: found 'sometimes', expected true, false, or a text with variables that comes out as on or off")]
    [InlineData("otel_trace = 1", "1:14: otel_trace: found 1, expected true, false, or a text with variables that comes out as on or off")]
    [InlineData("otel_trace_context = 'extrakt'", "1:23: otel_trace_context: found 'extrakt', expected extract, inject, propagate or ignore, did you mean 'extract'?")]
    [InlineData("otel_span_name = ''", "1:19: otel_span_name: found '', expected a text that is not empty and may hold variables")]
    [InlineData("otel_span_attr = 'a'", "1:19: otel_span_attr: found 'a', expected a name and one value; put a value with blanks in quotes: 'tenant.id \"two words\"'")]
    [InlineData("otel_span_attr = { 'a b' = 'x' }", "1:20: otel_span_attr: found 'a b', expected the name of an attribute: letters, digits, '.', '_' and '-'")]
    [InlineData("otel_span_attr = ['a x', 'a y']", "1:27: otel_span_attr: 'a' is given twice")]
    [InlineData("otel_span_attr = { a = 1 }", "1:24: otel_span_attr: found 1, expected a text, which may hold variables")]
    [InlineData("otel_service_name = ''", "1:22: otel_service_name: found '', expected a text that is not empty and stands on one line")]
    [InlineData("otel_exporter = 'collector:4317'", "1:17: otel_exporter: found 'collector:4317', expected the table [otel_exporter]")]
    [InlineData("otel_exporter = { endpoint = 'ftp://collector' }", "1:31: otel_exporter endpoint: found 'ftp://collector', expected the URL of a collector such as \"https://collector.internal:4317\", or host:port")]
    [InlineData("otel_exporter = { endpoint = 'http://user:pass@collector' }", "1:31: otel_exporter endpoint: found 'http://user:pass@collector', expected the URL of a collector such as \"https://collector.internal:4317\", or host:port")]
    [InlineData("otel_exporter = { endpoint = '' }", "1:31: otel_exporter endpoint: found '', expected the URL of a collector such as \"https://collector.internal:4317\", or host:port")]
    [InlineData("otel_exporter = { endpoint = 'http://collector:99999' }", "1:31: otel_exporter endpoint: found 'http://collector:99999', expected the URL of a collector such as \"https://collector.internal:4317\", or host:port")]
    [InlineData("otel_exporter = { endpoint = 'http://collector/path' }", "1:19: otel_exporter: found the path '/path' in 'endpoint', expected none: gRPC has its own; a collector at a path is one with protocol = \"http/protobuf\"")]
    [InlineData("otel_exporter = { endpoint = 'collector:1', trusted_certificate = 'ca.pem' }", "1:45: otel_exporter: 'trusted_certificate' needs an 'endpoint' that begins with https://")]
    [InlineData("otel_exporter = { endpoint = 'collector:1', protocol = 'http' }", "1:57: otel_exporter protocol: found 'http', expected grpc or http/protobuf")]
    [InlineData("otel_exporter = { endpoint = 'collector:1', batch_size = 0 }", "1:58: otel_exporter batch_size: found 0, expected a whole number from 1 to 65536")]
    [InlineData("otel_exporter = { endpoint = 'collector:1', header = { 'X Key' = '1' } }", "1:56: otel_exporter header: found 'X Key', expected the name of a header field: letters, digits and !#$%&'*+-.^_`|~")]
    [InlineData("otel_exporter = { interval = '1s' }", "1:17: otel_exporter: 'endpoint' is missing in [otel_exporter], expected the URL of a collector such as \"https://collector.internal:4317\", or host:port")]
    public void What_is_wrong_is_said_where_it_stands(string line, string error) =>
        Assert.Contains(error, ConfigurationText.Faults($"{line}\n{(line.StartsWith("otel_exporter", StringComparison.Ordinal) ? "" : Exporter)}[[server]]\nreturn = 204"));

    [Theory]
    [InlineData("otel_trace = true", true)]
    [InlineData("otel_trace = '$otel_parent_sampled'", true)]
    [InlineData("otel_trace = false", false)]
    [InlineData("otel_trace_context = 'propagate'", false)]
    public void Traces_need_a_collector_and_their_context_does_not(string line, bool isRefused)
    {
        var text = $"[[server]]\n{line}\nreturn = 204";
        if (isRefused)
        {
            Assert.Contains("otel_trace: there is no [otel_exporter] that traces could go to", ConfigurationText.Faults(text));
        }
        else
        {
            ConfigurationText.LoadGood(text);
        }
    }

    private static GatewayConfig Load(string line) => ConfigurationText.LoadGood($"{Exporter}[[server]]\n{line}\nreturn = 204");
}
