namespace Balancer.Observability.Logging;

/// <summary>Opens log destinations by the path in the configuration.</summary>
internal interface ILogDestinationOpener
{
    /// <summary>Opens a file for appending and creates it if need be; <c>stdout</c> and <c>stderr</c> are the standard streams.</summary>
    /// <exception cref="IOException">It cannot be opened; the message says why.</exception>
    ILogDestination Open(string path);
}
