namespace Balancer.Configuration;

/// <summary><c>proxy_next_upstream</c>: what makes a request go to the next upstream server.</summary>
[Flags]
public enum NextUpstreamConditions
{
    /// <summary><c>off</c>.</summary>
    None = 0,

    /// <summary><c>error</c>: connecting, sending or reading the head failed.</summary>
    Error = 1,

    /// <summary><c>timeout</c>.</summary>
    Timeout = 2,

    /// <summary><c>invalid_header</c>: an empty or malformed response.</summary>
    InvalidHeader = 4,

    /// <summary><c>http_500</c>.</summary>
    Http500 = 8,

    /// <summary><c>http_502</c>.</summary>
    Http502 = 16,

    /// <summary><c>http_503</c>.</summary>
    Http503 = 32,

    /// <summary><c>http_504</c>.</summary>
    Http504 = 64,

    /// <summary><c>http_403</c>.</summary>
    Http403 = 128,

    /// <summary><c>http_404</c>.</summary>
    Http404 = 256,

    /// <summary><c>http_429</c>.</summary>
    Http429 = 512,

    /// <summary><c>non_idempotent</c>: POST, LOCK and PATCH too, though already sent.</summary>
    NonIdempotent = 1024,
}
