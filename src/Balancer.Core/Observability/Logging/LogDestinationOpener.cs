namespace Balancer.Observability.Logging;

/// <summary>Opens files and standard streams of the system.</summary>
internal sealed class LogDestinationOpener : ILogDestinationOpener
{
    /// <inheritdoc/>
    public ILogDestination Open(string path) => path switch
    {
        "stdout" or "/dev/stdout" => AppendFile.StandardOutput(),
        "stderr" or "/dev/stderr" => AppendFile.StandardError(),
        _ => AppendFile.Open(path),
    };
}
