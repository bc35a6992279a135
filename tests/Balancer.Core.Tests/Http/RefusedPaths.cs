namespace Balancer.Http;

/// <summary>Paths a parser lets pass and normalization refuses with 400. Free of dependencies, so that they can be sent to a running gateway.</summary>
internal static class RefusedPaths
{
    /// <summary>The paths.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "/..",
        "/../a",
        "/a/../../b",
        "/a/../..",
        "/./..",
        "//..",
        "/%2e%2e",
        "/%2e%2e/a",
        "/.%2e/a",
        "/a%2f..%2f..",
        "/a%00b",
        "/a%zz",
        "/a%0g",
        "/a%",
        "/a%2",
        "/a%%41",
        "/%u0041",
    ];
}
