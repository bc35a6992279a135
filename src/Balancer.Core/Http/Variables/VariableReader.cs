using Balancer.Infrastructure;

namespace Balancer.Http.Variables;

/// <summary>Appends a variable's value for one request. Allocates nothing.</summary>
/// <returns>Whether the variable has a value: access logs print <c>-</c> for one that has none, other texts nothing.</returns>
internal delegate bool VariableReader(HttpExchange exchange, ByteBuffer output);
