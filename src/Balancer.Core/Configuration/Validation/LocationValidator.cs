using Balancer.Configuration.Values;

namespace Balancer.Configuration.Validation;

/// <summary>Locations: no path twice in a server, and upstreams that exist.</summary>
internal static class LocationValidator
{
    public static void Check(GatewayConfig config, List<ConfigError> errors)
    {
        var upstreams = new HashSet<string>(config.Upstreams.Select(static u => u.Name), StringComparer.OrdinalIgnoreCase);
        foreach (var server in config.Servers)
        {
            CheckPaths(server, errors);
            foreach (var location in server.Locations)
            {
                CheckProxyPass(location, upstreams, errors);
            }
        }
    }

    private static void CheckPaths(ServerConfig server, List<ConfigError> errors)
    {
        var taken = new Dictionary<(LocationMatch Match, string Pattern), SourceLocation>();
        foreach (var location in server.Locations)
        {
            if (location.Pattern.Length == 0)
            {
                continue;
            }

            // As in nginx a prefix is one location, whether it shuts out regular expressions or not.
            var match = location.Match == LocationMatch.PrefixNoRegex ? LocationMatch.Prefix : location.Match;
            if (!taken.TryAdd((match, location.Pattern), location.Path.Location))
            {
                errors.Add(new ConfigError(location.Path.Location, $"path: '{location.Path.Value}' is already a location of this server at {taken[(match, location.Pattern)]}"));
            }
        }
    }

    private static void CheckProxyPass(LocationConfig location, HashSet<string> upstreams, List<ConfigError> errors)
    {
        if (ProxyPassTarget.Of(location, out var text) is not { } target)
        {
            return;
        }

        var key = location.ProxyPass is null ? "grpc_pass" : "proxy_pass";
        var scheme = text.Value.IndexOf("://", StringComparison.Ordinal) is var end and >= 0 ? end + 3 : 0;
        var host = text.Location with { Column = text.Location.Column + scheme };
        var address = target.Address;
        if (address.Host is { } name)
        {
            if (upstreams.Contains(name))
            {
                if (address.HasPort)
                {
                    errors.Add(new ConfigError(host, $"{key}: '{name}' is an upstream, whose servers have their own ports: remove ':{address.Port}'"));
                }
            }
            else if (!address.HasPort && address.NeedsLookup && !name.Contains('.', StringComparison.Ordinal) && name != "localhost")
            {
                errors.Add(new ConfigError(host, $"{key}: there is no upstream '{name}'{Hint(name, upstreams)}"));
            }
        }

        if (target.Uri is { } uri && location.Match is LocationMatch.Regex or LocationMatch.RegexIgnoreCase or LocationMatch.Named && !uri.Contains('$', StringComparison.Ordinal))
        {
            var kind = location.Match == LocationMatch.Named ? "name" : "regular expression";
            errors.Add(new ConfigError(text.Location, $"proxy_pass: the URI '{uri}' cannot be used in a location given by a {kind}, since no prefix is matched that it could replace"));
        }
    }

    private static string Hint(string name, HashSet<string> upstreams) =>
        NearestName.Find(name, upstreams) is { } nearest ? $", did you mean '{nearest}'?" : "; a host of the network is written with its port or its domain";
}
