using Balancer.TestSupport;

namespace Balancer.Http.Http2;

/// <summary>A gateway over HTTP/2 with a server that answers, and below /hold one that does not.</summary>
internal static class HoldingGateway
{
    /// <summary>Its file.</summary>
    public static string Toml(ScriptedUpstream upstream, ScriptedUpstream holding, string top = "") => $$"""
        http2 = true
        {{top}}

        [upstream.pool]
        server = ["{{upstream.Address}}"]

        [upstream.holding]
        server = ["{{holding.Address}}"]

        [[server]]
        listen = "127.0.0.1:0"

          [[server.location]]
          path = "/"
          proxy_pass = "http://pool"

          [[server.location]]
          path = "/hold"
          proxy_pass = "http://holding"
        """;
}
