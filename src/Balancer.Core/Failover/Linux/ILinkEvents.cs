namespace Balancer.Failover.Linux;

/// <summary>What <see cref="LinkMonitor"/> tells.</summary>
internal interface ILinkEvents
{
    /// <summary>An interface came, went or changed; told more often than it really changes.</summary>
    /// <param name="interfaceIndex">The interface.</param>
    /// <param name="upAndRunning">Whether it is set up and has a carrier; false also when it was deleted.</param>
    void OnLink(int interfaceIndex, bool upAndRunning);

    /// <summary>An address came, or one of its properties changed.</summary>
    void OnAddressAdded(in InterfaceAddress address);

    /// <summary>An address was removed, by this daemon or by another.</summary>
    void OnAddressRemoved(in InterfaceAddress address);

    /// <summary>
    /// Events were lost. What there is now is told again, every interface and every address, and after it what is no more.
    /// </summary>
    void OnLost();
}
