namespace Balancer.Configuration.Values;

/// <summary>Names the user chooses for pools, zones and the like.</summary>
internal static class TableName
{
    /// <summary>What is expected, for messages.</summary>
    public const string Expected = "letters, digits, '_', '-' and '.'";

    /// <summary>Whether a text is such a name.</summary>
    public static bool IsValid(string name) => name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
}
