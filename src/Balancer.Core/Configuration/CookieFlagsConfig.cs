namespace Balancer.Configuration;

/// <summary>One line of <c>proxy_cookie_flags</c>.</summary>
/// <param name="Cookie">The name of the cookie, which may hold variables, or <c>~regex</c> or <c>~*regex</c>.</param>
/// <param name="Flags">What is done: one or more of <see cref="Words"/>, or texts with variables that come out as such.</param>
public sealed record CookieFlagsConfig(ConfigText Cookie, IReadOnlyList<ConfigText> Flags)
{
    /// <summary>The words, those that exclude each other together.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Words { get; } =
    [
        ["secure", "nosecure"],
        ["httponly", "nohttponly"],
        ["samesite=strict", "samesite=lax", "samesite=none", "nosamesite"],
    ];
}
