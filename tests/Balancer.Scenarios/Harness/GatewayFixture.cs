namespace Balancer.Harness;

/// <summary>A gateway in front of one scripted upstream server, shared by the scenarios of a class; each uses paths of its own.</summary>
public abstract class GatewayFixture : IAsyncLifetime
{
    /// <summary>The gateway.</summary>
    internal GatewayProcess Gateway { get; private set; } = null!;

    /// <summary>The upstream server.</summary>
    internal TestUpstream Upstream { get; } = TestUpstream.Start();

    /// <summary>The port of the gateway.</summary>
    internal int Port { get; } = Ports.Next();

    /// <summary>The configuration.</summary>
    protected abstract string Toml { get; }

    public virtual async Task InitializeAsync() => Gateway = await GatewayProcess.StartAsync(Toml);

    public virtual async Task DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    /// <summary>Connects to the gateway.</summary>
    internal Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(Port);

    /// <summary>One GET on a connection of its own.</summary>
    internal Task<RawResponse> GetAsync(string target, params string[] fields) => RawClient.GetAsync(Port, target, fields);

    /// <summary>One request on a connection of its own.</summary>
    internal Task<RawResponse> SendOnceAsync(string request, string method = "GET") => RawClient.SendOnceAsync(Port, request, method);
}
