namespace Balancer.Harness;

/// <summary>Runs <c>openssl s_client</c>.</summary>
internal static class SClient
{
    /// <summary>Connects to a port of 127.0.0.1, sends a request that closes the connection, and waits for the end.</summary>
    /// <returns>All it printed, about the handshake and of the response.</returns>
    public static async Task<string> RunAsync(int port, string name, params string[] options)
    {
        var (_, output) = await ChildProcess.RunAsync(
            Tools.Get("openssl"),
            ["s_client", "-connect", $"127.0.0.1:{port}", "-servername", name, "-ign_eof", .. options],
            $"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n").ConfigureAwait(false);
        return output;
    }
}
