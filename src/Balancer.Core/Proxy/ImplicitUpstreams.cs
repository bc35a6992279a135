using Balancer.Configuration;
using Balancer.Configuration.Values;

namespace Balancer.Proxy;

/// <summary>The pools of one server that <c>proxy_pass</c> names by address instead of by the name of an <c>[upstream]</c>.</summary>
internal static class ImplicitUpstreams
{
    /// <summary>Makes a pool of each address named; its name is host and port as written.</summary>
    public static IEnumerable<UpstreamConfig> Find(GatewayConfig config)
    {
        var names = new HashSet<string>(config.Upstreams.Select(u => u.Name), StringComparer.OrdinalIgnoreCase);
        foreach (var location in config.Servers.SelectMany(s => s.Locations))
        {
            if (ProxyPassTarget.Of(location, out var text) is not { } target)
            {
                continue;
            }

            var address = target.Address;
            if (!names.Add(address.Text) || config.Upstreams.Any(u => u.Name.Equals(address.Host, StringComparison.OrdinalIgnoreCase) && !address.HasPort))
            {
                continue;
            }

            yield return new UpstreamConfig
            {
                Name = address.Text,
                Location = text.Location,
                Servers =
                [
                    new UpstreamServerConfig
                    {
                        Source = text.Location,
                        Address = address.Text,
                        Host = address.Host,
                        Port = address.Port,
                        UnixPath = address.UnixPath,
                    },
                ],
            };
        }
    }
}
