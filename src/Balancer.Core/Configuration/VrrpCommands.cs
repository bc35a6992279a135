namespace Balancer.Configuration;

/// <summary>The commands that are run when a virtual router, or a group of them, comes to a state; null has none.</summary>
/// <param name="Notify"><c>notify</c>: at every change, with <c>INSTANCE</c> or <c>GROUP</c>, the name, the state and the priority added.</param>
/// <param name="NotifyMaster"><c>notify_master</c>.</param>
/// <param name="NotifyBackup"><c>notify_backup</c>.</param>
/// <param name="NotifyFault"><c>notify_fault</c>.</param>
/// <param name="NotifyStop"><c>notify_stop</c>.</param>
public sealed record VrrpCommands(string? Notify = null, string? NotifyMaster = null, string? NotifyBackup = null, string? NotifyFault = null, string? NotifyStop = null);
