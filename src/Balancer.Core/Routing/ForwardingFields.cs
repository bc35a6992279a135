namespace Balancer.Routing;

/// <summary>The fields by which the gateway tells upstream servers about the client, set unless <c>proxy_set_header</c> names them.</summary>
[Flags]
internal enum ForwardingFields : byte
{
    /// <summary>None: all are set by the configuration.</summary>
    None = 0,

    /// <summary>X-Forwarded-For.</summary>
    For = 1,

    /// <summary>X-Forwarded-Proto.</summary>
    Proto = 2,

    /// <summary>X-Forwarded-Host.</summary>
    Host = 4,

    /// <summary>X-Real-IP.</summary>
    RealIP = 8,

    /// <summary>X-Request-ID.</summary>
    RequestId = 16,

    /// <summary>traceparent, of requests whose trace upstream servers are told of.</summary>
    Trace = 32,

    /// <summary>All of them.</summary>
    All = For | Proto | Host | RealIP | RequestId | Trace,
}
