using Balancer.Harness;

namespace Balancer.Observability;

/// <summary>The configurations of the scenarios about metrics.</summary>
internal static class MetricsToml
{
    /// <summary>A virtual server with an access log.</summary>
    public static string Site(int port, string pools, string locations) => $$"""
        {{pools}}

        [[server]]
        listen = "127.0.0.1:{{port}}"
        server_name = ["m.example"]
        access_log = "DIR/access.log"

        {{locations}}
        """;

    /// <summary>A location that passes to a pool.</summary>
    public static string Pass(string path, string pool, string more = "") => $"""
        [[server.location]]
        path = "{path}"
        proxy_pass = "http://{pool}"
        {more}

        """;

    /// <summary>The status of a GET to the site.</summary>
    public static async Task<int> GetStatusAsync(int port, string path) =>
        (await RawClient.SendOnceAsync(port, $"GET {path} HTTP/1.1\r\nHost: m.example\r\nConnection: close\r\n\r\n")).Status;
}
