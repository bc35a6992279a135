using System.Net;
using System.Text;

namespace Balancer.Http;

/// <summary>An address of a client, in the forms requests need it: made once per connection, or per request when a trusted proxy names another.</summary>
internal sealed class ClientAddress
{
    private static readonly byte[] UnixText = "unix:"u8.ToArray();

    /// <summary>Makes the forms of an IP address; IPv4-mapped IPv6 addresses become IPv4.</summary>
    public ClientAddress(IPAddress address, int port)
    {
        Address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Port = port;
        Binary = Address.GetAddressBytes();
        Text = Encoding.ASCII.GetBytes(Address.ToString());
    }

    private ClientAddress()
    {
        Binary = UnixText;
        Text = UnixText;
    }

    /// <summary>A client on a unix socket: nginx's <c>unix:</c>.</summary>
    public static ClientAddress Unix { get; } = new();

    /// <summary>The address; null on a unix socket.</summary>
    public IPAddress? Address { get; }

    /// <summary>The port; 0 on a unix socket or when unknown.</summary>
    public int Port { get; }

    /// <summary>The address in network byte order, 4 or 16 bytes (<c>$binary_remote_addr</c>).</summary>
    public byte[] Binary { get; }

    /// <summary>The address as text (<c>$remote_addr</c>).</summary>
    public byte[] Text { get; }

    /// <inheritdoc/>
    public override string ToString() => Encoding.ASCII.GetString(Text);
}
