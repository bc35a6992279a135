using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Balancer.Configuration;
using Balancer.Http.Variables;
using Balancer.Observability.Tracing;
using Balancer.Tls;

namespace Balancer.Proxy;

/// <summary>Compiles the <c>otel_*</c> settings of locations.</summary>
internal sealed class TracingCompiler
{
    private readonly VariableScope _scope;
    private readonly List<ConfigError> _errors;

    /// <param name="config">The configuration.</param>
    /// <param name="services">Keeps the exports.</param>
    /// <param name="scope">What texts may refer to.</param>
    /// <param name="errors">Receives the faults.</param>
    public TracingCompiler(GatewayConfig config, GatewayServices services, VariableScope scope, List<ConfigError> errors)
    {
        _scope = scope;
        _errors = errors;
        if (config.OtelExporter is { } exporter && TryReadAuthorities(exporter.TrustedCertificate, out var authorities))
        {
            Export = services.SpanExports.Acquire(new SpanExportSettings(exporter, config.OtelServiceName, config.OtelResourceAttributes, authorities));
        }
    }

    /// <summary>Where spans go; null without <c>[otel_exporter]</c>. To be released with the snapshot.</summary>
    public SpanExport? Export { get; }

    /// <summary>The policy of a location; null when its requests have nothing to do with traces.</summary>
    public TracePolicy? Compile(TracingConfig config)
    {
        var context = config.Context ?? TraceContextMode.Ignore;
        if (!config.MayTrace && context == TraceContextMode.Ignore)
        {
            return null;
        }

        return new TracePolicy
        {
            Switch = config.MayTrace ? TextTemplate.Compile(config.Trace!, _scope, _errors) : null,
            Context = context,
            SpanName = config.SpanName is { } name ? TextTemplate.Compile(name, _scope, _errors) : null,
            Attributes = [.. (config.SpanAttributes ?? new Dictionary<string, ConfigText>()).Select(pair => (pair.Key, TextTemplate.Compile(pair.Value, _scope, _errors)))],
            Sink = config.MayTrace ? Export : null,
        };
    }

    private bool TryReadAuthorities(ConfigText? file, out byte[]? content)
    {
        content = null;
        if (file is null)
        {
            return true;
        }

        if (!new TlsFiles().TryRead(file.Value, out var pem, out var fault))
        {
            _errors.Add(new ConfigError(file.Location, $"trusted_certificate: '{file.Value}' {fault}"));
            return false;
        }

        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(Encoding.Latin1.GetString(pem));
            if (authorities.Count == 0)
            {
                throw new CryptographicException("it holds no certificate");
            }
        }
        catch (CryptographicException e)
        {
            _errors.Add(new ConfigError(file.Location, $"trusted_certificate: '{file.Value}' is no PEM file of certificates: {e.Message}"));
            return false;
        }

        content = pem;
        return true;
    }
}
