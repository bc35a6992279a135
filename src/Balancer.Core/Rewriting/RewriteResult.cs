namespace Balancer.Rewriting;

/// <summary>What the rules of a level did with a request.</summary>
/// <param name="IsStopped">Whether a rule with <c>last</c> or <c>break</c> fitted, so that nothing of the level follows.</param>
/// <param name="IsMoved">Whether the path changed, and its location is to be looked for again.</param>
/// <param name="Status">The status of a redirect; 0 without one.</param>
/// <param name="Url">Where the client is redirected to.</param>
internal readonly record struct RewriteResult(bool IsStopped, bool IsMoved, int Status = 0, byte[]? Url = null);
