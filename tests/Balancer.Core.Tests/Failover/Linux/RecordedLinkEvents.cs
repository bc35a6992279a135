using System.Diagnostics;

namespace Balancer.Failover.Linux;

/// <summary>What a monitor has told.</summary>
internal sealed class RecordedLinkEvents(LinkMonitor monitor) : ILinkEvents
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The latest state of every interface.</summary>
    public Dictionary<int, bool> Links { get; } = [];

    /// <summary>All addresses that came.</summary>
    public HashSet<NetworkAddress> Addresses { get; } = [];

    /// <summary>All addresses that went.</summary>
    public HashSet<NetworkAddress> Removed { get; } = [];

    /// <summary>How often events were lost.</summary>
    public int Losses { get; private set; }

    public void OnLink(int interfaceIndex, bool upAndRunning) => Links[interfaceIndex] = upAndRunning;

    public void OnAddressAdded(in InterfaceAddress address) => Addresses.Add(address.Address);

    public void OnAddressRemoved(in InterfaceAddress address) => Removed.Add(address.Address);

    public void OnLost() => Losses++;

    /// <summary>Forgets the interfaces and addresses.</summary>
    public void Clear()
    {
        Links.Clear();
        Addresses.Clear();
        Removed.Clear();
    }

    /// <summary>Reads until the condition holds.</summary>
    public unsafe void WaitFor(Func<bool> condition)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            monitor.Read(this);
            if (condition())
            {
                return;
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, "The kernel has not told it.");
            var entry = new PollEntry { Descriptor = monitor.Handle, Events = 1 };
            var limit = new TimeSpec { Seconds = 1 };
            _ = LibC.Poll(&entry, 1, &limit, null);
        }
    }
}
