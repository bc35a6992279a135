using Balancer.Http.Patterns;
using Balancer.Http.Variables;

namespace Balancer.Rewriting;

/// <summary>What is replaced by what in a field of a server's response.</summary>
/// <param name="From">The text replaced; not looked at with a pattern.</param>
/// <param name="Pattern">The expression the whole value must fit, which is replaced as a whole; null for a text.</param>
/// <param name="To">What takes its place.</param>
internal sealed record TextRule(TextTemplate From, BytePattern? Pattern, TextTemplate To);
