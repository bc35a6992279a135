using System.Net;
using Balancer.Configuration;

namespace Balancer.Daemon.Demo;

/// <summary>The configuration of the demo, as a file would say it.</summary>
internal static class DemoConfiguration
{
    /// <summary>Where the gateway listens.</summary>
    public static IPEndPoint Gateway { get; } = new(IPAddress.Loopback, 8080);

    /// <summary>Where the admin endpoint listens.</summary>
    public static IPEndPoint Admin { get; } = new(IPAddress.Loopback, 9145);

    /// <summary>One pool of the given servers with equal weights, and one virtual server that passes everything to it.</summary>
    public static GatewayConfig Build(IReadOnlyList<string> upstreamServers)
    {
        var here = new SourceLocation("demo", 0, 0);
        return new GatewayConfig
        {
            File = here.File,
            Settings = new SettingsConfig(),
            ErrorLog = new ErrorLogConfig(Level: ErrorLogLevel.Warn),
            AdminListen = new ListenConfig { Source = here, EndPoint = Admin },
            LogFormats = new Dictionary<string, ConfigText>(),
            Upstreams =
            [
                new UpstreamConfig
                {
                    Name = "demo",
                    Location = here,
                    Servers = [.. upstreamServers.Select(address => ToServer(address, here))],
                },
            ],
            Servers =
            [
                new ServerConfig
                {
                    Location = here,
                    Listen = [new ListenConfig { Source = here, EndPoint = Gateway }],
                    ServerNames = [],
                    Settings = new SettingsConfig(),
                    Locations =
                    [
                        new LocationConfig
                        {
                            Location = here,
                            Path = new ConfigText("/", here),
                            Match = LocationMatch.Prefix,
                            Pattern = "/",
                            ProxyPass = new ConfigText("http://demo", here),
                            Settings = new SettingsConfig(),
                        },
                    ],
                },
            ],
        };
    }

    private static UpstreamServerConfig ToServer(string address, SourceLocation here)
    {
        var endPoint = IPEndPoint.Parse(address);
        return new UpstreamServerConfig { Source = here, Address = address, Host = endPoint.Address.ToString(), Port = endPoint.Port };
    }
}
