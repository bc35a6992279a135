namespace Balancer.Configuration.Schema;

/// <summary>The keys of what upstream servers get in place of parts of a request, which are settings.</summary>
internal static class ProxyRequestKeys
{
    private static IReadOnlyList<LevelKey<ProxyRequestConfig>> All { get; } =
    [
        Key.OptionalRef<ProxyRequestConfig, ConfigText>(
            "proxy_method", TemplateType.Method, static r => r.Method, static (r, v) => r with { Method = v }, null,
            "The method of the request to the upstream server, in place of the client's, which stays what retries go by (`non_idempotent`). A text that comes out empty leaves the client's; one that comes out as no method is answered 400. When only the server was sent a HEAD, the client gets its response with a `Content-Length` of 0.", "\"POST\""),
        Key.OptionalRef<ProxyRequestConfig, ConfigText>(
            "proxy_set_body", TemplateType.Any, static r => r.Body, static (r, v) => r with { Body = v }, null,
            "The body of the request to the upstream server, in place of the client's, which is read and thrown away; `Content-Length` is its. With it no upgrade such as a WebSocket's is passed on.", "\"user=$remote_user\""),
        Key.Optional<ProxyRequestConfig, bool>(
            "proxy_pass_request_headers", BooleanType.Instance, static r => r.PassesFields, static (r, v) => r with { PassesFields = v }, "true",
            "Whether the fields of the client's request are passed to the upstream server. Without them it gets those that balancerd writes itself and those of `proxy_set_header`, and no upgrade such as a WebSocket's is passed on.", "false"),
        Key.Optional<ProxyRequestConfig, bool>(
            "proxy_pass_request_body", BooleanType.Instance, static r => r.PassesBody, static (r, v) => r with { PassesBody = v }, "true",
            "Whether the body of the client's request is passed to the upstream server; else it is read and thrown away, and neither `Content-Length` nor `Transfer-Encoding` is sent (nginx leaves `Content-Length` unless `proxy_set_header = { Content-Length = \"\" }` empties it, which is accepted here).", "false"),
    ];

    /// <summary>The names of the keys.</summary>
    public static IEnumerable<string> Names => All.Select(static key => key.Name);

    /// <summary>The keys for the settings.</summary>
    public static IEnumerable<LevelKey<SettingsConfig>> Lifted { get; } = All.Select(static key =>
        new LiftedKey<SettingsConfig, ProxyRequestConfig>(key, static s => s.ProxyRequest, static (s, v) => s with { ProxyRequest = v }));
}
