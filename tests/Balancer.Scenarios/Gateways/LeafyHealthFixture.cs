using System.Text.RegularExpressions;
using Balancer.Harness;

namespace Balancer.Gateways;

/// <summary>The shipped <c>conf/leafyhealth.toml</c>, its ports replaced by free ones, in front of a server for each of its pools.</summary>
public sealed partial class LeafyHealthFixture : IAsyncLifetime
{
    private readonly Dictionary<string, TestUpstream> _servers = [];

    /// <summary>The port that stands for 5000.</summary>
    internal int Port { get; } = Ports.Next();

    internal GatewayProcess Gateway { get; private set; } = null!;

    /// <summary>The pools of the file but for the front end's.</summary>
    internal IEnumerable<string> Services => _servers.Keys.Where(name => name != "web");

    /// <summary>The server of a pool; it answers with the pool's name, what was asked for and who asks.</summary>
    internal TestUpstream Server(string pool) => _servers[pool];

    /// <summary>A client of an address of its own.</summary>
    internal HttpClient From(string address) => AddressedClient.Of(address, Port);

    public async Task InitializeAsync()
    {
        var file = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "conf", "leafyhealth.toml"));
        var toml = PoolPattern().Replace(file, pool =>
        {
            var name = pool.Groups[1].Value;
            var server = TestUpstream.Start();
            server.Default = x => x.RespondAsync(200, $"{name} {x.Request.Target} {x.Request["X-Forwarded-For"]} {x.Request["X-Request-ID"]}", "X-Frame-Options: SAMEORIGIN", "X-Powered-By: Express", "Access-Control-Allow-Origin: *");
            _servers.Add(name, server);
            return $"[upstream.{name}]\nserver = \"{server.Address}\"";
        });
        Gateway = await GatewayProcess.StartAsync(toml
            .Replace("\"5000 ", $"\"127.0.0.1:{Port} ", StringComparison.Ordinal)
            .Replace("127.0.0.1:9145", "ADMIN", StringComparison.Ordinal)
            .Replace("/run/balancer/", "DIR/", StringComparison.Ordinal)
            .Replace("/var/log/balancer/", "DIR/", StringComparison.Ordinal));
    }

    public async Task DisposeAsync()
    {
        await Gateway.DisposeAsync();
        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync();
        }
    }

    [GeneratedRegex(@"\[upstream\.([a-z-]+)\]\nserver = ""127\.0\.0\.1:\d+""")]
    private static partial Regex PoolPattern();
}
