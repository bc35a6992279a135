using System.Text;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Routing;
using BenchmarkDotNet.Attributes;

namespace Balancer.Benchmarks;

/// <summary>Finding virtual server and location, with a handful and with a thousand of them.</summary>
[MemoryDiagnoser]
public class RoutingBenchmarks
{
    private static readonly byte[] s_host = Encoding.ASCII.GetBytes("Tenant7.example.com");
    private static readonly byte[] s_wildcardHost = Encoding.ASCII.GetBytes("a.b.wild.example.com");
    private static readonly byte[] s_path = Encoding.ASCII.GetBytes("/service7/v1/users/12");
    private static readonly byte[] s_dottedPath = Encoding.ASCII.GetBytes("/service7/./v1/../v1/users%2f12");

    private readonly byte[] _normal = new byte[256];
    private LocationTable<int> _locations = null!;
    private VirtualServerTable<int> _servers = null!;

    [Params(8, 1000)]
    public int Count { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var locations = new LocationTableBuilder<int>();
        var servers = new VirtualServerTableBuilder<int>();
        locations.Add(LocationMatch.Prefix, "/", -1, isProxied: true);
        for (var i = 0; i < Count; i++)
        {
            locations.Add(LocationMatch.Prefix, $"/service{i}/", i, isProxied: true);
            servers.AddServer(i, isDefault: false);
            servers.AddName($"tenant{i}.example.com", i);
        }

        servers.AddName("*.wild.example.com", 0);
        _locations = locations.Build();
        _servers = servers.Build();
    }

    [Benchmark]
    public int ServerByName() => _servers.Find(s_host).Payload;

    [Benchmark]
    public int ServerByWildcard() => _servers.Find(s_wildcardHost).Payload;

    [Benchmark]
    public int LocationByPrefix() => _locations.Find(s_path).Payload;

    [Benchmark]
    public bool PathThatIsNormal() => UriNormalizer.IsNormal(s_path);

    [Benchmark]
    public int PathToNormalize() => UriNormalizer.Normalize(s_dottedPath, _normal);
}
