namespace Balancer.Failover.Linux;

/// <summary>What became of something a former run had left behind.</summary>
/// <param name="Entry">What it is.</param>
/// <param name="Error"><see cref="Errno.None"/> when it was removed; else why it is still there.</param>
internal readonly record struct CleanUpResult(LedgerEntry Entry, Errno Error)
{
    /// <summary>For people, as in "removed address eth0 10.0.1.100/24".</summary>
    public override string ToString() => Error == Errno.None ? $"removed {Entry}" : $"cannot remove {Entry}: {Error.Describe()}";
}
