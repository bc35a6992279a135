namespace Balancer.Configuration;

/// <summary>What follows a <c>rewrite</c> that fitted.</summary>
public enum RewriteFlag
{
    /// <summary><c>last</c>: no further rule of the level; the location is looked for again.</summary>
    Last,

    /// <summary><c>break</c>: no further rule of the level; the request stays in its location.</summary>
    Break,

    /// <summary><c>redirect</c>: the client is redirected by 302.</summary>
    Redirect,

    /// <summary><c>permanent</c>: the client is redirected by 301.</summary>
    Permanent,
}
