namespace Balancer.Configuration;

/// <summary>One line of <c>proxy_redirect</c>, <c>proxy_cookie_domain</c> or <c>proxy_cookie_path</c>.</summary>
/// <param name="From">What is replaced: a text, which may hold variables, or <c>~regex</c> or <c>~*regex</c>; <c>default</c> alone stands for what follows from <c>proxy_pass</c>.</param>
/// <param name="To">What takes its place; may hold variables.</param>
public sealed record TextRuleConfig(ConfigText From, ConfigText To)
{
    /// <summary>The word for the rule that follows from <c>proxy_pass</c>.</summary>
    public const string Default = "default";

    /// <summary>Whether it is that rule.</summary>
    public bool IsDefault => From.Value == Default && To.Value.Length == 0;
}
