using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Balancer.Configuration;

namespace Balancer.Observability.Tracing;

/// <summary>The HTTP client that reaches the collector. Remembers what went wrong, which the exporter does not tell.</summary>
internal sealed class CollectorClient : DelegatingHandler
{
    private readonly IReadOnlyDictionary<string, ConfigText> _fields;
    private HttpResponseMessage? _response;
    private string? _fault;

    /// <param name="authorities">Who may sign the collector's certificate; null trusts those of the system.</param>
    /// <param name="fields">Fields of every request; null for none.</param>
    public CollectorClient(X509Certificate2Collection? authorities, IReadOnlyDictionary<string, ConfigText>? fields)
        : base(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = TrustOf(authorities),
        })
    {
        _fields = fields ?? new Dictionary<string, ConfigText>();
        Client = new HttpClient(this, disposeHandler: false);
    }

    /// <summary>The client.</summary>
    public HttpClient Client { get; }

    /// <summary>What went wrong with the last request.</summary>
    public string LastFault => _fault ?? Describe(_response) ?? "no answer";

    /// <summary>Forgets the last request.</summary>
    public void Forget()
    {
        _response = null;
        _fault = null;
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return _response = base.Send(WithFields(request), cancellationToken);
        }
        catch (Exception e)
        {
            _fault = Describe(e);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return _response = await base.SendAsync(WithFields(request), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _fault = Describe(e);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Client.Dispose();
        }

        base.Dispose(disposing);
    }

    private HttpRequestMessage WithFields(HttpRequestMessage request)
    {
        foreach (var (name, value) in _fields)
        {
            request.Headers.TryAddWithoutValidation(name, value.Value);
        }

        return request;
    }

    private static SslClientAuthenticationOptions TrustOf(X509Certificate2Collection? authorities)
    {
        var options = new SslClientAuthenticationOptions();
        if (authorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return options;
    }

    /// <summary>The innermost reason, which is the one that says something.</summary>
    private static string Describe(Exception e) => e is OperationCanceledException ? "timed out" : e.GetBaseException().Message;

    private static string? Describe(HttpResponseMessage? response)
    {
        if (response is null)
        {
            return null;
        }

        var fields = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
        if (!fields.TryGetValues("grpc-status", out var status))
        {
            return $"status {(int)response.StatusCode}";
        }

        var message = fields.TryGetValues("grpc-message", out var text) ? $" {Uri.UnescapeDataString(text.First())}" : "";
        return $"gRPC status {status.First()}{message}";
    }
}
