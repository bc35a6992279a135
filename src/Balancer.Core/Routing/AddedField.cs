using Balancer.Http.Variables;

namespace Balancer.Routing;

/// <summary>A field the gateway adds: <c>add_header</c> or <c>proxy_set_header</c>, compiled.</summary>
/// <param name="Name">The name as configured.</param>
/// <param name="Value">The value; a field whose value is empty is not sent.</param>
internal sealed record AddedField(byte[] Name, TextTemplate Value);
