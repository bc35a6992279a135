namespace Balancer.Failover;

/// <summary>What a virtual router counts. Written by the thread of the heartbeat alone, read by any.</summary>
internal sealed class VrrpCounters
{
    private readonly long[] _dropped = new long[Enum.GetValues<VrrpDrop>().Length];
    private readonly long[] _transitions = new long[Enum.GetValues<VrrpState>().Length];
    private long _sent;
    private long _received;
    private long _announcements;
    private long _masterSince = -1;
    private long _masterMicroseconds;

    /// <summary>Advertisements sent.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Advertisements of others that were heeded.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Times an address was announced by gratuitous ARP or neighbour advertisement.</summary>
    public long Announcements => Volatile.Read(ref _announcements);

    /// <summary>Packets dropped for a reason.</summary>
    public long Dropped(VrrpDrop reason) => Volatile.Read(ref _dropped[(int)reason]);

    /// <summary>Times it came to a state.</summary>
    public long Transitions(VrrpState state) => Volatile.Read(ref _transitions[(int)state]);

    /// <summary>How long it has been master, in microseconds.</summary>
    public long MasterTime(long now) => Volatile.Read(ref _masterMicroseconds) + (Volatile.Read(ref _masterSince) is >= 0 and var since ? now - since : 0);

    public void CountSent() => Volatile.Write(ref _sent, _sent + 1);

    public void CountReceived() => Volatile.Write(ref _received, _received + 1);

    public void CountAnnouncement() => Volatile.Write(ref _announcements, _announcements + 1);

    public void CountDropped(VrrpDrop reason) => Volatile.Write(ref _dropped[(int)reason], _dropped[(int)reason] + 1);

    public void CountTransition(VrrpState from, VrrpState to, long now)
    {
        Volatile.Write(ref _transitions[(int)to], _transitions[(int)to] + 1);
        if (to == VrrpState.Master)
        {
            Volatile.Write(ref _masterSince, now);
        }
        else if (from == VrrpState.Master)
        {
            Volatile.Write(ref _masterMicroseconds, _masterMicroseconds + now - _masterSince);
            Volatile.Write(ref _masterSince, -1);
        }
    }
}
