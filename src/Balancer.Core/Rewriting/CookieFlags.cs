namespace Balancer.Rewriting;

/// <summary>What is done with the flags of a cookie.</summary>
[Flags]
internal enum CookieFlags
{
    /// <summary>Nothing.</summary>
    None = 0,
    Secure = 1,
    NoSecure = 2,
    HttpOnly = 4,
    NoHttpOnly = 8,
    SameSiteStrict = 16,
    SameSiteLax = 32,
    SameSiteNone = 64,
    NoSameSite = 128,
}
