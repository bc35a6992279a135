namespace Balancer.Failover;

/// <summary>A router on a <see cref="Segment"/>, and what it did to the network.</summary>
internal sealed class RouterOnSegment : IVrrpLink
{
    private readonly Segment _segment;
    private readonly long _interval;

    public RouterOnSegment(Segment segment, string address, VrrpTiming timing)
    {
        _segment = segment;
        _interval = timing.Interval;
        Address = NetworkAddress.TryParse(address, out var parsed) ? parsed : throw new FormatException(address);
        Router = new VrrpRouter(timing, Address, this);
    }

    public VrrpRouter Router { get; }

    public NetworkAddress Address { get; }

    /// <summary>Whether it hears and is heard.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>False once its process was killed; the kernel keeps its addresses.</summary>
    public bool IsAlive { get; set; } = true;

    /// <summary>Whether it holds the addresses.</summary>
    public bool Holds { get; private set; }

    /// <summary>When it took the addresses last.</summary>
    public long TakenAt { get; private set; }

    /// <summary>When it released them last.</summary>
    public long ReleasedAt { get; private set; }

    /// <summary>When it announced its addresses.</summary>
    public List<long> Announced { get; } = [];

    /// <summary>What it sent: when, and with which priority.</summary>
    public List<(long At, byte Priority)> Sent { get; } = [];

    /// <summary>Its states and why it came to them.</summary>
    public List<(VrrpState To, VrrpReason Reason)> Transitions { get; } = [];

    public VrrpState State => Router.State;

    public void Start() => Router.Start(_segment.Now);

    public void Advertise(byte priority)
    {
        Sent.Add((_segment.Now, priority));
        _segment.Travelling.Enqueue((this, priority, _interval), _segment.Now + _segment.Delay);
    }

    public void Take()
    {
        Assert.False(Holds);
        Holds = true;
        TakenAt = _segment.Now;
    }

    public void Release()
    {
        Assert.True(Holds);
        Holds = false;
        ReleasedAt = _segment.Now;
    }

    public void Announce(int repeats)
    {
        Assert.True(Holds);
        Announced.Add(_segment.Now);
    }

    public void OnTransition(VrrpState from, VrrpState to, VrrpReason reason)
    {
        Assert.NotEqual(from, to);
        Transitions.Add((to, reason));
    }
}
