using System.Net;
using System.Net.Sockets;

namespace Balancer.Gateways;

/// <summary>Clients that come from addresses of their own in 127.0.0.0/8, so that limits by address count each for itself.</summary>
internal static class AddressedClient
{
    /// <summary>A client of an address. The caller disposes of it.</summary>
    /// <param name="address">Its address, as in 127.0.7.1.</param>
    /// <param name="port">The gateway's port on 127.0.0.1.</param>
    public static HttpClient Of(string address, int port) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectCallback = async (_, cancel) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        Timeout = TimeSpan.FromSeconds(20),
    };

    /// <summary>The value of a field of a response, wherever the framework puts it; null without one.</summary>
    public static string? Field(this HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) || response.Content.Headers.NonValidated.TryGetValues(name, out values) ? values.ToString() : null;
}
