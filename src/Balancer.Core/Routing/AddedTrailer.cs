using Balancer.Http.Variables;

namespace Balancer.Routing;

/// <summary>A trailer the gateway adds (<c>add_trailer</c>), compiled.</summary>
/// <param name="Name">The name as configured.</param>
/// <param name="Value">The value; a trailer whose value is empty is not sent.</param>
/// <param name="Always">Whether responses of any status get it.</param>
internal sealed record AddedTrailer(byte[] Name, TextTemplate Value, bool Always);
