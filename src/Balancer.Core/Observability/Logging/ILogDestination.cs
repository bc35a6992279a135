namespace Balancer.Observability.Logging;

/// <summary>Where log lines end up: a file, or a standard stream. Used by one thread at a time.</summary>
internal interface ILogDestination : IDisposable
{
    /// <summary>Writes all bytes at the end; may block as long as the disk or the reader of a pipe does.</summary>
    /// <exception cref="IOException">The system refused, for instance because the disk is full.</exception>
    void Write(ReadOnlySpan<byte> bytes);
}
