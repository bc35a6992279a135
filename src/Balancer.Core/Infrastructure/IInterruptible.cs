namespace Balancer.Infrastructure;

/// <summary>A wait that can be ended early from another thread.</summary>
internal interface IInterruptible
{
    /// <summary>Ends the wait, now or when it begins; any thread, any number of times, also when it is over.</summary>
    void Interrupt();
}
