using Balancer.Http.Patterns;
using Balancer.Http.Variables;

namespace Balancer.Rewriting;

/// <summary>A line of <c>proxy_cookie_flags</c>, compiled.</summary>
/// <param name="Name">The name of the cookie; not looked at with a pattern.</param>
/// <param name="Pattern">The expression its name must fit; null for a text.</param>
/// <param name="Flags">What is done whatever the request.</param>
/// <param name="More">Texts that come out as further words.</param>
internal sealed record CookieFlagRule(TextTemplate Name, BytePattern? Pattern, CookieFlags Flags, TextTemplate[] More);
