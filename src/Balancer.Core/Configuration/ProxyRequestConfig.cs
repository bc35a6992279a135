namespace Balancer.Configuration;

/// <summary>The settings of what upstream servers get in place of parts of a request; a null was not written (see <see cref="Over"/>).</summary>
public sealed record ProxyRequestConfig
{
    /// <summary><c>proxy_method</c>: with variables. Default the client's.</summary>
    public ConfigText? Method { get; init; }

    /// <summary><c>proxy_set_body</c>: with variables; may be empty. Default the client's.</summary>
    public ConfigText? Body { get; init; }

    /// <summary><c>proxy_pass_request_headers</c>. Default true.</summary>
    public bool? PassesFields { get; init; }

    /// <summary><c>proxy_pass_request_body</c>. Default true.</summary>
    public bool? PassesBody { get; init; }

    /// <summary>These settings where written, those of <paramref name="outer"/> elsewhere.</summary>
    public ProxyRequestConfig Over(ProxyRequestConfig outer) => new()
    {
        Method = Method ?? outer.Method,
        Body = Body ?? outer.Body,
        PassesFields = PassesFields ?? outer.PassesFields,
        PassesBody = PassesBody ?? outer.PassesBody,
    };
}
