using Balancer.Configuration;

namespace Balancer.Tls;

/// <summary>TLS of one virtual server. Its certificates may be replaced at any time; connections keep what they began with.</summary>
/// <param name="config">The settings.</param>
/// <param name="name">Tells apart servers whose sessions must not be resumed at each other.</param>
/// <param name="offersHttp2">Whether clients may choose HTTP/2.</param>
/// <param name="services">What all servers share.</param>
internal sealed class TlsServer(TlsConfig config, string name, bool offersHttp2, TlsServices services)
{
    private static readonly byte[][] Http1Protocols = ["http/1.1"u8.ToArray(), "http/1.0"u8.ToArray()];
    private static readonly byte[][] Http2Protocols = ["h2"u8.ToArray(), .. Http1Protocols];

    private readonly string[] _files = [.. TlsContextBuilder.FilesOf(config)];
    private volatile TlsContext? _context;
    private byte[] _refused = [];

    /// <summary>What new connections are set up with; null when the server turns clients away.</summary>
    public TlsContext? Context => _context;

    /// <summary>Milliseconds a handshake may take.</summary>
    public long HandshakeTimeout { get; } = (long)(config.HandshakeTimeout ?? TimeSpan.FromSeconds(60)).TotalMilliseconds;

    /// <summary>Whether clients must show a certificate.</summary>
    public TlsClientVerification Verification { get; } = config.VerifyClient ?? TlsClientVerification.Off;

    /// <summary>The files of its certificates, by which the same server is found in another snapshot.</summary>
    public string Identity { get; } = string.Join('\n', (config.Certificates ?? []).Select(static text => text.Value));

    /// <summary>Which clients it trusts: a certificate that was checked by a server with the same text was checked by this one's rules.</summary>
    public string Trust { get; } = string.Join('\n', config.VerifyClient, config.VerifyDepth, config.ClientCertificate, config.TrustedCertificate, config.Crl);

    /// <summary>Reads all files and sets up OpenSSL.</summary>
    /// <param name="files">Reads them.</param>
    /// <param name="previous">The server with the same files in the running snapshot, whose certificates are kept if those of the files are not valid any more.</param>
    /// <param name="errors">Receives the faults.</param>
    public void Load(TlsFiles files, TlsServer? previous, ICollection<ConfigError> errors)
    {
        if (config.RejectHandshake ?? false)
        {
            return;
        }

        var context = Build(files, errors);
        if (context is null)
        {
            return;
        }

        var now = services.Time.GetUtcNow();
        if (previous?._context is { } running && running.IsValidAt(now) && FindInvalid(context, now) is { } invalid)
        {
            services.Log.RenewalRefused(Invalid(invalid, now));
            services.Metrics.RefusedRenewals.Increment();
            _refused = context.Fingerprint;
            _context = running;
            return;
        }

        foreach (var certificate in context.Certificates.Where(certificate => !certificate.IsValidAt(now)))
        {
            services.Log.NotValid(certificate.Path, certificate.Subject, certificate.NotBefore, certificate.NotAfter);
        }

        _context = context;
    }

    /// <summary>Looks whether files have changed, and uses them if they are good. Called by one thread at a time.</summary>
    /// <returns>Whether new certificates are in use.</returns>
    public bool Refresh(TlsFiles files)
    {
        if (_context is not { } running)
        {
            return false;
        }

        var fingerprint = files.Fingerprint(_files);
        if (fingerprint.AsSpan().SequenceEqual(running.Fingerprint))
        {
            _refused = [];
            return false;
        }

        if (fingerprint.AsSpan().SequenceEqual(_refused))
        {
            // Said once already.
            return false;
        }

        var errors = new List<ConfigError>();
        var context = Build(files, errors);
        var now = services.Time.GetUtcNow();
        var reason = context is null
            ? string.Join("; ", errors.Select(static error => error.Message))
            : FindInvalid(context, now) is { } invalid ? Invalid(invalid, now) : null;
        if (reason is not null)
        {
            _refused = fingerprint;
            services.Log.RenewalRefused(reason);
            services.Metrics.RefusedRenewals.Increment();
            return false;
        }

        _refused = [];
        _context = context;
        services.Metrics.Renewals.Increment();
        foreach (var certificate in context!.Certificates)
        {
            services.Log.Renewed(certificate.Path, certificate.Subject, certificate.NotAfter);
        }

        return true;
    }

    private TlsContext? Build(TlsFiles files, ICollection<ConfigError> errors) =>
        new TlsContextBuilder(config, name, files, services, errors).Build(offersHttp2 ? Http2Protocols : Http1Protocols);

    private static TlsCertificate? FindInvalid(TlsContext context, DateTimeOffset now) => context.Certificates.FirstOrDefault(certificate => !certificate.IsValidAt(now));

    private static string Invalid(TlsCertificate certificate, DateTimeOffset now) =>
        now > certificate.NotAfter ? $"'{certificate.Path}' expired at {certificate.NotAfter:u}" : $"'{certificate.Path}' is not valid before {certificate.NotBefore:u}";
}
