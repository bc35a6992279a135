using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Balancer.Harness;

/// <summary>A client that speaks TLS and sends exactly what it is told.</summary>
internal sealed class TlsClient : IAsyncDisposable
{
    private TlsClient(SslStream stream) => Stream = stream;

    /// <summary>The encrypted connection.</summary>
    public SslStream Stream { get; }

    /// <summary>The name in the server's certificate.</summary>
    public string ServerName => Stream.RemoteCertificate is X509Certificate2 certificate ? certificate.GetNameInfo(X509NameType.DnsName, false) : "";

    /// <summary>Connects and makes the handshake; any certificate is accepted.</summary>
    /// <param name="port">A port of 127.0.0.1.</param>
    /// <param name="name">The name asked for.</param>
    /// <param name="configure">Further settings.</param>
    /// <param name="before">Sent before the handshake.</param>
    public static async Task<TlsClient> ConnectAsync(int port, string name, Action<SslClientAuthenticationOptions>? configure = null, byte[]? before = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port).ConfigureAwait(false);
        if (before is not null)
        {
            await socket.SendAsync(before).ConfigureAwait(false);
        }

        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        var options = new SslClientAuthenticationOptions { TargetHost = name, RemoteCertificateValidationCallback = (_, _, _, _) => true };
        configure?.Invoke(options);
        try
        {
            await Deadline.WaitAsync(stream.AuthenticateAsClientAsync(options), () => "the TLS handshake is done").ConfigureAwait(false);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new TlsClient(stream);
    }

    /// <summary>GET on a connection of its own; all of the response as text.</summary>
    public static async Task<string> GetAsync(int port, string name, string path = "/", Action<SslClientAuthenticationOptions>? configure = null, string? host = null, byte[]? before = null)
    {
        await using var client = await ConnectAsync(port, name, configure, before).ConfigureAwait(false);
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: {host ?? name}\r\nConnection: close\r\n\r\n").ConfigureAwait(false);
        return await client.ReadToEndAsync().ConfigureAwait(false);
    }

    /// <summary>Sends bytes, each character one byte.</summary>
    public Task SendAsync(string text) => Stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();

    /// <summary>That many bytes, as text.</summary>
    public async Task<string> ReadTextAsync(int size)
    {
        var bytes = new byte[size];
        await Deadline.WaitAsync(Stream.ReadExactlyAsync(bytes).AsTask(), () => $"{size} bytes").ConfigureAwait(false);
        return Encoding.Latin1.GetString(bytes);
    }

    /// <summary>Reads one head and nothing behind it.</summary>
    public async Task<RawResponse> ReadHeadAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append(await ReadTextAsync(1).ConfigureAwait(false));
        }

        return new RawResponse { Head = head.ToString(), Body = [], Complete = true };
    }

    /// <summary>Ends our direction (close_notify); the gateway may still send.</summary>
    public Task ShutdownSendAsync() => Stream.ShutdownAsync();

    /// <summary>Everything the gateway sends until it says goodbye.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var content = new MemoryStream();
        await Deadline.WaitAsync(Stream.CopyToAsync(content), () => "the gateway ends the connection").ConfigureAwait(false);
        return Encoding.Latin1.GetString(content.ToArray());
    }

    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
