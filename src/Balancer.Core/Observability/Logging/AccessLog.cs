using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;

namespace Balancer.Observability.Logging;

/// <summary>One <c>access_log</c> of a location: a format, a condition and the file. Any thread; allocates nothing and never waits for the disk.</summary>
internal sealed class AccessLog(LogFile file, LogFormat format, TextTemplate? condition)
{
    [ThreadStatic]
    private static ByteBuffer? t_line;

    /// <summary>The path in the configuration.</summary>
    public string Path => file.Path;

    /// <summary>Whether the head sent must be kept (<see cref="HttpExchange.KeepSentHead"/>) for requests that are logged here.</summary>
    public bool ReadsSentHead => format.ReadsSentHead || condition is { ReadsSentHead: true };

    /// <summary>Logs a request that is over, unless the condition (<c>if=</c>) is empty or <c>0</c> for it.</summary>
    public void Write(HttpExchange exchange)
    {
        var line = t_line ??= new ByteBuffer(2048);
        line.Clear();
        if (condition is not null)
        {
            condition.Write(exchange, line);
            if (line.Length == 0 || line.Written.SequenceEqual("0"u8))
            {
                return;
            }

            line.Clear();
        }

        format.Write(exchange, line);
        file.Append(line.Written);
    }
}
