namespace Balancer.Http.Variables;

/// <summary>A stretch of a template: fixed bytes, or a variable.</summary>
/// <param name="Literal">The fixed bytes; empty for a variable.</param>
/// <param name="Reader">Appends the variable's value; null for fixed bytes.</param>
internal readonly record struct TemplatePart(byte[] Literal, VariableReader? Reader);
