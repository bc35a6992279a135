using System.Net;
using System.Text;
using Balancer.Configuration;

namespace Balancer.Upstreams;

/// <summary>One address of a pool, as a snapshot: immutable but for <see cref="State"/>. A name that resolves to several addresses makes several.</summary>
internal sealed class UpstreamServer
{
    public UpstreamServer(UpstreamServerConfig config, EndPoint endPoint, UpstreamServerState state)
    {
        Config = config;
        EndPoint = endPoint;
        State = state;
        Address = AddressOf(endPoint);
        AddressText = Encoding.UTF8.GetBytes(Address);
        ConnLimit = config.MaxConns == 0 ? int.MaxValue : config.MaxConns;
        FailTimeout = (long)config.FailTimeout.TotalMilliseconds;
        SlowStart = (long)config.SlowStart.TotalMilliseconds;
    }

    /// <summary>The <c>server</c> line.</summary>
    public UpstreamServerConfig Config { get; }

    /// <summary>Where to connect to.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>The address as text: <c>10.0.2.10:3002</c>, <c>[::1]:80</c> or <c>unix:/path</c>.</summary>
    public string Address { get; }

    /// <summary><see cref="Address"/> in bytes (<c>$upstream_addr</c>).</summary>
    public byte[] AddressText { get; }

    /// <summary>The address as configured: the label of metrics, and what <c>hash … consistent</c> hashes.</summary>
    public string Label => Config.Address;

    /// <summary>What is live about the server.</summary>
    public UpstreamServerState State { get; }

    /// <summary>The value of the <c>sticky</c> cookie that binds a session to the server; empty in a pool without <c>sticky</c>.</summary>
    public byte[] SessionToken { get; init; } = [];

    /// <summary>Greatest number of requests at a time; <see cref="int.MaxValue"/> without <c>max_conns</c>.</summary>
    internal int ConnLimit { get; }

    /// <summary><c>fail_timeout</c> in milliseconds.</summary>
    internal long FailTimeout { get; }

    /// <summary><c>slow_start</c> in milliseconds; 0 has none.</summary>
    internal long SlowStart { get; }

    /// <summary>Whether the server gets no requests at all: marked <c>down</c> or <c>drain</c>, or held out by an active check.</summary>
    public bool IsClosed => Config.IsClosed || State.IsHeldOut;

    /// <summary>Whether the failures charged have put the server out; one request per <c>fail_timeout</c> still tries it.</summary>
    public bool IsEjected => Config.MaxFails != 0 && State.Fails >= Config.MaxFails;

    /// <summary>The text form of an address that <see cref="Address"/> shows and snapshots match servers by.</summary>
    internal static string AddressOf(EndPoint endPoint) =>
        endPoint is IPEndPoint ip ? ip.ToString() : $"unix:{endPoint}";

    /// <inheritdoc/>
    public override string ToString() => Address;
}
