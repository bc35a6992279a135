namespace Balancer.Tls.OpenSsl;

/// <summary>OpenSSL refused something it was configured with. Never used for what a client does.</summary>
internal sealed class OpenSslException(string message) : Exception(message)
{
    /// <summary>An exception that tells what OpenSSL's error queue of this thread says; empties the queue.</summary>
    public static OpenSslException FromQueue(string what) => new(OpenSslErrors.Take() is { Length: > 0 } reason ? $"{what}: {reason}" : what);
}
