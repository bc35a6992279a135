namespace Balancer.Daemon.Control;

/// <summary>The control socket cannot be used; the message is one line for the operator.</summary>
internal sealed class ControlException(string message) : Exception(message);
