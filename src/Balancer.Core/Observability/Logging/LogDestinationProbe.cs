namespace Balancer.Observability.Logging;

/// <summary>
/// Finds out whether logs could be opened, and leaves no file behind: a check of the configuration may be run by another user than the
/// daemon, which could not write files of that user.
/// </summary>
internal sealed class LogDestinationProbe : ILogDestinationOpener
{
    /// <inheritdoc/>
    public ILogDestination Open(string path)
    {
        if (path is not ("stdout" or "stderr"))
        {
            AppendFile.Check(path);
        }

        return new Nowhere();
    }

    private sealed class Nowhere : ILogDestination
    {
        public void Write(ReadOnlySpan<byte> bytes)
        {
        }

        public void Dispose()
        {
        }
    }
}
