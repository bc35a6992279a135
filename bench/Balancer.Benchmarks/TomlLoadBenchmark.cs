using System.Text;
using Balancer.Configuration;
using Balancer.Configuration.Toml;
using BenchmarkDotNet.Attributes;

namespace Balancer.Benchmarks;

/// <summary>How long a start or a reload reads its configuration: pools of ten servers, a virtual server and three locations each.</summary>
[MemoryDiagnoser]
public class TomlLoadBenchmark : IConfigurationFiles
{
    private byte[] _content = [];

    [Params(1, 100)]
    public int Pools { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var text = new StringBuilder("access_log = \"off\"\n");
        for (var i = 0; i < Pools; i++)
        {
            text.Append($"\n[upstream.pool_{i}]\nleast_conn = true\nkeepalive = 128\nserver = [\n");
            for (var j = 0; j < 10; j++)
            {
                text.Append($"  \"10.0.{i}.{j}:3002 weight=100 max_fails=3 fail_timeout=30s max_conns=1000\",\n");
            }

            text.Append($"]\n\n[[server]]\nlisten = \"8080\"\nserver_name = \"host{i}.example.com\"\nadd_header = {{ X-Pool = \"{i}\" }}\n");
            for (var j = 0; j < 3; j++)
            {
                text.Append($"\n  [[server.location]]\n  path = \"/api/v{j}/\"\n  proxy_pass = \"http://pool_{i}\"\n  proxy_read_timeout = \"60s\"\n");
            }
        }

        _content = Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The TOML reader alone.</summary>
    [Benchmark]
    public int Parse() => TomlReader.Instance.Read(_content).Root.Entries.Count;

    /// <summary>Reading, binding and all checks.</summary>
    [Benchmark]
    public int Load() => ConfigurationLoader.Load("bench.toml", this).Config!.Servers.Count;

    byte[] IConfigurationFiles.Read(string path) => _content;

    IReadOnlyList<string> IConfigurationFiles.List(string folder) => [];

    string? IConfigurationFiles.Variable(string name) => null;

    string IConfigurationFiles.Identify(string path) => path;
}
