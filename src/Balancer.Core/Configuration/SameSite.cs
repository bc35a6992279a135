namespace Balancer.Configuration;

/// <summary>With which requests of other sites a browser sends a cookie (<c>SameSite</c>).</summary>
public enum SameSite
{
    /// <summary>With none.</summary>
    Strict,

    /// <summary>With navigation to the site.</summary>
    Lax,

    /// <summary>With all; browsers want <c>secure</c> too.</summary>
    None,
}
