namespace Balancer.Configuration;

/// <summary>A regular expression as it stands in a file, whatever became of the key it stands in.</summary>
/// <param name="Key">The key: <c>path</c> or <c>server_name</c>.</param>
/// <param name="Text">The expression.</param>
/// <param name="IsBroken">Whether it was reported not to compile.</param>
internal sealed record PatternText(string Key, ConfigText Text, bool IsBroken);
