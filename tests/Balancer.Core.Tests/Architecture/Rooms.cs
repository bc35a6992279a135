namespace Balancer.Architecture;

/// <summary>The rooms of the house, and which of them each may know.</summary>
internal static class Rooms
{
    private const string Root = "Balancer.";

    /// <summary>For every room the ones it may refer to; no room refers to the one that is called last.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Allowed = new Dictionary<string, string[]>
    {
        ["Infrastructure"] = [],
        ["Configuration"] = ["Infrastructure"],
        ["Http"] = ["Configuration", "Infrastructure"],
        ["Observability"] = ["Http", "Configuration", "Infrastructure"],
        ["Transport"] = ["Observability", "Http", "Configuration", "Infrastructure"],
        ["Tls"] = ["Transport", "Observability", "Http", "Configuration", "Infrastructure"],
        ["Limits"] = ["Observability", "Http", "Configuration", "Infrastructure"],
        ["Access"] = ["Observability", "Http", "Configuration", "Infrastructure"],
        ["Rewriting"] = ["Observability", "Http", "Configuration", "Infrastructure"],
        ["Failover"] = ["Observability", "Configuration", "Infrastructure"],
        ["Upstreams"] = ["Tls", "Transport", "Observability", "Http", "Configuration", "Infrastructure"],
        ["Routing"] = ["Upstreams", "Access", "Limits", "Rewriting", "Tls", "Observability", "Http", "Configuration", "Infrastructure"],
        ["Proxy"] = ["Routing", "Upstreams", "Failover", "Access", "Limits", "Rewriting", "Tls", "Transport", "Observability", "Http", "Configuration", "Infrastructure"],
    };

    /// <summary>Walls within a room: what a folder below it may not see, for it stands on its own.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Walls = new Dictionary<string, string[]>
    {
        ["Configuration.Toml"] = ["Configuration.Schema", "Configuration.Validation", "Configuration.Values", "Configuration.Files"],
        ["Configuration.Values"] = ["Configuration.Schema", "Configuration.Validation", "Configuration.Files"],
        ["Http.Http1"] = ["Http.Variables", "Http.Http2"],
        ["Http.Http2"] = ["Http.Variables"],
        ["Upstreams.Connections"] = ["Upstreams.Balancing", "Upstreams.Resolution"],
        ["Upstreams.Health"] = ["Upstreams.Resolution"],
    };

    /// <summary>The room of a namespace: "Http" of Balancer.Http.Http1; null when it is not one of ours.</summary>
    public static string? Of(string? name) => Folder(name)?.Split('.')[0];

    /// <summary>The folder of a namespace, with dots: "Http.Http1" of Balancer.Http.Http1; null when it is not one of ours.</summary>
    public static string? Folder(string? name) => name?.StartsWith(Root, StringComparison.Ordinal) == true ? name[Root.Length..] : null;
}
