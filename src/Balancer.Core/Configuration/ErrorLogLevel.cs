namespace Balancer.Configuration;

/// <summary>nginx's log levels, least severe first.</summary>
public enum ErrorLogLevel
{
    /// <summary>Details for finding faults.</summary>
    Debug,

    /// <summary>Normal events.</summary>
    Info,

    /// <summary>Normal but noteworthy events.</summary>
    Notice,

    /// <summary>Something unexpected that was dealt with.</summary>
    Warn,

    /// <summary>A request or an action failed.</summary>
    Error,

    /// <summary>A part of the daemon does not work.</summary>
    Crit,
}
