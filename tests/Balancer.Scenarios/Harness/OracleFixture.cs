namespace Balancer.Harness;

/// <summary>The gateway and a real nginx, started with the same file in front of the same upstream servers, so that their answers can be compared.</summary>
public abstract class OracleFixture : IAsyncLifetime
{
    private NginxProcess? _nginx;

    /// <summary>The port of the gateway.</summary>
    internal int Port { get; } = Ports.Next();

    /// <summary>The port of nginx.</summary>
    internal int NginxPort { get; } = Ports.Next();

    /// <summary>The gateway.</summary>
    internal GatewayProcess Gateway { get; private set; } = null!;

    /// <summary>The configuration; <c>PORT</c> is replaced with the port of each.</summary>
    protected abstract string Toml { get; }

    /// <summary>The same for nginx, where that needs more to mean the same.</summary>
    protected virtual string NginxToml => Toml;

    public virtual async Task InitializeAsync()
    {
        if (Tools.Find("nginx") is null)
        {
            return;
        }

        _nginx = await NginxProcess.StartAsync(NginxConf.FromToml(NginxToml.Replace("PORT", $"{NginxPort}", StringComparison.Ordinal)));
        Gateway = await GatewayProcess.StartAsync(Toml.Replace("PORT", $"{Port}", StringComparison.Ordinal));
    }

    public virtual async Task DisposeAsync()
    {
        if (_nginx is not null)
        {
            await Gateway.DisposeAsync();
            await _nginx.DisposeAsync();
        }
    }
}
