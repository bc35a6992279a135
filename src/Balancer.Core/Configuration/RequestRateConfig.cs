namespace Balancer.Configuration;

/// <summary>A number of requests in a time, such as <c>50r/m</c>.</summary>
/// <param name="Requests">How many, 1 to 1,000,000,000.</param>
/// <param name="Window">In which time, 1 s to 30 days.</param>
public readonly record struct RequestRateConfig(int Requests, TimeSpan Window);
