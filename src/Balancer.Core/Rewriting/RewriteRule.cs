using Balancer.Configuration;
using Balancer.Http.Patterns;

namespace Balancer.Rewriting;

/// <summary>A <c>rewrite</c> line, compiled.</summary>
/// <param name="Pattern">What the path must fit.</param>
/// <param name="Path">The new path, or the whole URL of a redirect.</param>
/// <param name="Query">The new query; null when the text has none.</param>
/// <param name="KeepsQuery">Whether the old query follows.</param>
/// <param name="Status">The status of a redirect; 0 for none.</param>
/// <param name="Flag">What follows.</param>
internal sealed record RewriteRule(BytePattern Pattern, Replacement Path, Replacement? Query, bool KeepsQuery, int Status, RewriteFlag? Flag);
