using System.Diagnostics;
using System.Net;
using System.Text;
using Balancer.Infrastructure;

namespace Balancer.Http.Variables;

/// <summary>Who is connected to whom, and this process.</summary>
internal static class ConnectionVariables
{
    private static readonly byte[] HostName = Encoding.ASCII.GetBytes(Dns.GetHostName().ToLowerInvariant());
    private static readonly byte[] ProcessId = Encoding.ASCII.GetBytes(Environment.ProcessId.ToString());

    /// <summary>These variables by name.</summary>
    public static IEnumerable<KeyValuePair<string, VariableReader>> All { get; } =
    [
        new("remote_addr", static (exchange, output) => Address(exchange.Client, output)),
        new("remote_port", static (exchange, output) => Port(exchange.Client, output)),
        new("binary_remote_addr", static (exchange, output) => Bytes(exchange.Client.Binary, output)),
        new("realip_remote_addr", static (exchange, output) => Address(exchange.Connection.Peer, output)),
        new("realip_remote_port", static (exchange, output) => Port(exchange.Connection.Peer, output)),
        new("proxy_protocol_addr", static (exchange, output) => Address(exchange.Connection.ProxyProtocolSource, output)),
        new("proxy_protocol_port", static (exchange, output) => Port(exchange.Connection.ProxyProtocolSource, output)),
        new("proxy_protocol_server_addr", static (exchange, output) => Address(exchange.Connection.ProxyProtocolDestination, output)),
        new("proxy_protocol_server_port", static (exchange, output) => Port(exchange.Connection.ProxyProtocolDestination, output)),
        new("server_addr", static (exchange, output) => Address(exchange.Connection.Local, output)),
        new("server_port", static (exchange, output) => Port(exchange.Connection.Local, output)),
        new("scheme", static (exchange, output) => Bytes(exchange.Connection.IsTls ? "https"u8 : "http"u8, output)),
        new("https", static (exchange, output) => Bytes(exchange.Connection.IsTls ? "on"u8 : default, output)),
        new("http2", static (exchange, output) => Bytes(exchange.Request.Version != 20 ? default : exchange.Connection.IsTls ? "h2"u8 : "h2c"u8, output)),
        new("connection", static (exchange, output) => Number(exchange.Connection.Serial, output)),
        new("connection_requests", static (exchange, output) => Number(exchange.Connection.Requests, output)),
        new("connection_time", ConnectionTime),
        new("hostname", static (_, output) => Bytes(HostName, output)),
        new("pid", static (_, output) => Bytes(ProcessId, output)),
        new("pipe", static (exchange, output) => Bytes(exchange.IsPipelined ? "p"u8 : "."u8, output)),
    ];

    private static bool Address(ClientAddress? address, ByteBuffer output)
    {
        output.Append(address is null ? default : address.Text);
        return address is not null;
    }

    /// <summary>A port; empty on a unix socket, as in nginx.</summary>
    private static bool Port(ClientAddress? address, ByteBuffer output)
    {
        if (address is { Port: > 0 })
        {
            output.Append(address.Port);
        }

        return address is not null;
    }

    private static bool Bytes(ReadOnlySpan<byte> value, ByteBuffer output)
    {
        output.Append(value);
        return true;
    }

    private static bool Number(long value, ByteBuffer output)
    {
        output.Append(value);
        return true;
    }

    private static bool ConnectionTime(HttpExchange exchange, ByteBuffer output)
    {
        var now = exchange.EndTimestamp != 0 ? exchange.EndTimestamp : Stopwatch.GetTimestamp();
        output.AppendSeconds(StopwatchTime.ToMilliseconds(now - exchange.Connection.StartTimestamp));
        return true;
    }
}
