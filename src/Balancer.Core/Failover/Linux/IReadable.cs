namespace Balancer.Failover.Linux;

/// <summary>Something <see cref="FailoverThread"/> watches.</summary>
internal interface IReadable
{
    /// <summary>The descriptor. It stays the same, and open, as long as it is watched.</summary>
    int Handle { get; }

    /// <summary>There is something to be read, or an error. What is left unread is told again at once, so a bounded part may be taken each time.</summary>
    void OnReadable();
}
