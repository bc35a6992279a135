namespace Balancer.Access;

/// <summary>One rule of <c>allow</c> and <c>deny</c>.</summary>
/// <param name="Allows">Whether it lets in or keeps out.</param>
/// <param name="Text">The rule as nginx writes it, for the log.</param>
internal sealed record AddressRule(bool Allows, string Text);
