namespace Balancer.Harness;

/// <summary>What h2load saw.</summary>
/// <param name="Total">Requests asked for.</param>
/// <param name="Succeeded">Requests answered below 400.</param>
/// <param name="Failures">Requests failed, errored and timed out.</param>
/// <param name="Status2xx">Responses 200 to 299.</param>
internal sealed record H2LoadResult(int Total, int Succeeded, int Failures, int Status2xx);
