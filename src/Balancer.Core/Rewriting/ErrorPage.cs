using Balancer.Http.Variables;

namespace Balancer.Rewriting;

/// <summary>What stands for one status by <c>error_page</c>.</summary>
/// <param name="Status">The status.</param>
/// <param name="Response">The status the client gets: null keeps the original one, 0 takes that of the target.</param>
/// <param name="Target">A path, the name of a location with its at sign, or a URL.</param>
internal sealed record ErrorPage(int Status, int? Response, TextTemplate Target);
