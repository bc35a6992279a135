namespace Balancer.Harness;

/// <summary>Field lines as text.</summary>
internal static class HeadText
{
    /// <summary>The values of all fields of a name.</summary>
    public static string[] Values(IEnumerable<string> fields, string name) =>
        [.. fields.Where(f => f.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(f => f[(name.Length + 1)..].Trim())];
}
