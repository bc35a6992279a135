using System.Collections.Concurrent;

namespace Balancer.Failover;

/// <summary>A gateway whose parts fail as a test says.</summary>
internal sealed class FakeHealth : IFailoverHealth
{
    /// <summary>What fails, by its name.</summary>
    public ConcurrentDictionary<string, bool> Failing { get; } = new();

    public long Answers { get; set; }

    public bool IsAlive(string upstream) => !Failing.ContainsKey(upstream);

    public bool IsListening(string address) => !Failing.ContainsKey(address);
}
