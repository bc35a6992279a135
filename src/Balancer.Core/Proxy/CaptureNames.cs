using Balancer.Configuration;
using Balancer.Http.Variables;
using Balancer.Infrastructure;
using Balancer.Routing;

namespace Balancer.Proxy;

/// <summary>The names of captures that regular expressions of the configuration make variables.</summary>
internal static class CaptureNames
{
    /// <summary>The names in those of <paramref name="serverNames"/> that are expressions, and in a location's expression.</summary>
    public static List<string> Of(IEnumerable<ConfigText> serverNames, string? locationPattern)
    {
        var patterns = serverNames.Where(n => n.Value.StartsWith('~')).Select(n => n.Value[1..]);
        if (locationPattern is not null)
        {
            patterns = patterns.Append(locationPattern);
        }

        var names = new List<string>();
        foreach (var pattern in patterns)
        {
            // An expression that is not valid is reported where it is compiled for use.
            if (BytePattern.TryCompile(pattern, ignoreCase: true, out var compiled, out _))
            {
                names.AddRange((compiled!.CaptureNames ?? []).OfType<string>());
            }
        }

        return names;
    }

    /// <summary>A scope with every capture of the configuration: for log formats, which serve all locations.</summary>
    public static VariableScope ScopeOfAll(GatewayConfig config, WallClock clock) => new(
        clock,
        config.Servers.SelectMany(server => Of(server.ServerNames, null).Concat(server.Locations
            .Where(l => l.Match is LocationMatch.Regex or LocationMatch.RegexIgnoreCase)
            .SelectMany(l => Of([], l.Pattern)))));
}
