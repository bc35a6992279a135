using Balancer.Http.Variables;

namespace Balancer.Routing;

/// <summary>What an upstream server gets in place of parts of the client's request, compiled. Immutable.</summary>
/// <param name="Method">The method (<c>proxy_method</c>); null passes the client's.</param>
/// <param name="Body">The body (<c>proxy_set_body</c>); null passes the client's, or none.</param>
/// <param name="PassesFields">Whether the client's fields are passed (<c>proxy_pass_request_headers</c>).</param>
/// <param name="PassesBody">Whether its body is (<c>proxy_pass_request_body</c>).</param>
internal sealed record RequestChange(TextTemplate? Method, TextTemplate? Body, bool PassesFields, bool PassesBody)
{
    /// <summary>Whether the client's body reaches the server; else it is read and thrown away.</summary>
    public bool KeepsBody => Body is null && PassesBody;

    /// <summary>Whether another protocol can be asked for: a handshake stands in fields, and has no body.</summary>
    public bool AllowsUpgrade => Body is null && PassesFields;
}
