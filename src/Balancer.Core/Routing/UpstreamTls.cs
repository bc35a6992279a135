using Balancer.Http.Variables;
using Balancer.Tls;
using Balancer.Upstreams.Connections;

namespace Balancer.Routing;

/// <summary><c>proxy_pass = "https://…"</c>, compiled.</summary>
/// <param name="Context">What connections are set up with.</param>
/// <param name="Name">The name asked for and verified, when it is the same for all requests; else null.</param>
/// <param name="NameTemplate">The name with its variables; null when it has none.</param>
internal sealed record UpstreamTls(UpstreamTlsContext Context, string? Name, TextTemplate? NameTemplate)
{
    /// <summary>Keeps the connections by <see cref="Name"/> apart from others to the same server.</summary>
    public ConnectionVariant? Variant { get; } = Name is null ? null : VariantOf(Context, Name);

    /// <summary>Keeps the connections by a name apart from others to the same server.</summary>
    public static ConnectionVariant VariantOf(UpstreamTlsContext context, string name) => new(name, context.Identity);
}
