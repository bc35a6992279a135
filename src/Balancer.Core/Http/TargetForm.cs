namespace Balancer.Http;

/// <summary>The four forms of a request target (RFC 9112 section 3.2).</summary>
internal enum TargetForm : byte
{
    /// <summary><c>/path?query</c>.</summary>
    Origin,

    /// <summary><c>http://host/path?query</c>.</summary>
    Absolute,

    /// <summary><c>host:port</c>, CONNECT only.</summary>
    Authority,

    /// <summary><c>*</c>, OPTIONS only.</summary>
    Asterisk,
}
