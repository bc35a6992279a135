namespace Balancer.Observability.Logging;

/// <summary>How values are escaped in a log line (<c>log_format … escape=</c>).</summary>
internal enum LogEscape
{
    /// <summary><c>default</c>: quote, backslash, control characters and bytes from 0x7F as <c>\xXX</c>; <c>-</c> for a variable without value.</summary>
    Default,

    /// <summary><c>json</c>: as in JSON strings; nothing for a variable without value.</summary>
    Json,

    /// <summary><c>none</c>: not at all.</summary>
    None,
}
