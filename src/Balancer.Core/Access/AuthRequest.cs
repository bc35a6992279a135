using Balancer.Http.Variables;

namespace Balancer.Access;

/// <summary><c>auth_request</c> and <c>auth_request_set</c> (nginx ngx_http_auth_request_module), compiled. Immutable.</summary>
/// <param name="Path">The path whose location is asked.</param>
/// <param name="Values">The variables set from its answer, by slot.</param>
internal sealed record AuthRequest(byte[] Path, (int Slot, TextTemplate Value)[] Values);
