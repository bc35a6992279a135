using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The name by which a limit calls its zone.</summary>
internal static class LimitZoneName
{
    public static TextType Type { get; } = new("name", $"the name of a zone: {TableName.Expected}", TableName.IsValid);
}
