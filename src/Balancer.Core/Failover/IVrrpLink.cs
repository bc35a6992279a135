namespace Balancer.Failover;

/// <summary>What a virtual router does to the network. Called on the thread of the heartbeat; nothing here may block.</summary>
internal interface IVrrpLink
{
    /// <summary>Sends an advertisement; 0 as priority says that this router gives up.</summary>
    void Advertise(byte priority);

    /// <summary>Adds the addresses and routes.</summary>
    void Take();

    /// <summary>Removes the addresses and routes.</summary>
    void Release();

    /// <summary>Tells all neighbours that the addresses are here, by gratuitous ARP and unsolicited neighbour advertisements.</summary>
    /// <param name="repeats">How often, at once.</param>
    void Announce(int repeats);

    /// <summary>The state has changed.</summary>
    void OnTransition(VrrpState from, VrrpState to, VrrpReason reason);
}
