using System.Net;
using System.Net.Sockets;
using Balancer.Harness;

namespace Balancer.Upstreams;

/// <summary>Servers are picked in the order nginx picks them with the same file, also across the death and return of one.</summary>
public sealed class PickSequenceScenarios(PickSequenceScenarios.Fixture fixture) : IClassFixture<PickSequenceScenarios.Fixture>
{
    public sealed class Fixture : OracleFixture
    {
        private readonly string _dead = $"127.0.0.1:{Ports.Next()}";

        internal TestUpstream[] Servers { get; } = [.. Enumerable.Range(0, 5).Select(_ => TestUpstream.Start())];

        protected override string Toml
        {
            get
            {
                var pools = new (string Name, string Text)[]
                {
                    ("equal", Lines("", "", "")),
                    ("five-one-one", Lines("weight=5", "weight=1", "weight=1")),
                    ("admin", Lines("weight=100", "weight=100", "weight=100", "weight=75", "weight=75")),
                    ("with-down", Lines("weight=2", "down", "weight=3")),
                    ("with-backup", Lines("weight=2", "weight=1", "backup")),
                    ("single", Lines("weight=7")),
                    ("dead-first", $"server = [\"{_dead} weight=5 max_fails=3 fail_timeout=60s\", {Servers4("weight=3 max_fails=3", "weight=1 max_fails=3")}]"),
                    ("dead-uncounted", $"server = [\"{_dead} weight=2 max_fails=0\", {Servers4("weight=3", "weight=1")}]"),
                    ("dead-light", $"server = [{Servers4("weight=3", "weight=2")}, \"{_dead} max_fails=3 fail_timeout=60s\"]"),
                    ("all-dead-but-backup", $"server = [\"{_dead} fail_timeout=60s\", \"127.0.0.1:{Ports.Next()} max_fails=2 fail_timeout=60s\", \"{Servers[0].Address} backup weight=2\", \"{Servers[1].Address} backup\"]"),
                    ("least", "least_conn = true\n" + Lines("weight=3", "weight=2", "")),
                    ("hash", "hash = \"$arg_k\"\n" + Lines("weight=3", "weight=2", "", "")),
                    ("hash-down", "hash = \"$arg_k\"\n" + Lines("weight=3", "down", "", "")),
                    ("ketama", "hash = \"$arg_k consistent\"\n" + Lines("weight=3", "weight=2", "", "")),
                    ("ketama-dead", $"hash = \"$arg_k consistent\"\nserver = [\"{_dead} fail_timeout=60s\", {Servers4("weight=3", "", "")}]"),
                    ("ip", "ip_hash = true\n" + Lines("weight=3", "weight=2", "", "")),
                    ("ip-down", "ip_hash = true\n" + Lines("weight=3", "down", "", "")),
                };
                return string.Concat(pools.Select(p => $"[upstream.{p.Name}]\n{p.Text}\n")) + $$"""

                    [[server]]
                    listen = "127.0.0.1:PORT"
                    keepalive_requests = 100000

                    {{string.Concat(pools.Select(p => $"[[server.location]]\npath = \"/{p.Name}/\"\nproxy_pass = \"http://{p.Name}\"\n"))}}
                    """;
            }
        }

        public override async Task InitializeAsync()
        {
            for (var i = 0; i < Servers.Length; i++)
            {
                var name = $"{i}";
                Servers[i].Default = x => x.RespondAsync(200, name);
            }

            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            foreach (var server in Servers)
            {
                await server.DisposeAsync();
            }
        }

        private string Lines(params string[] parameters) => $"server = [{Servers4(parameters)}]";

        private string Servers4(params string[] parameters) => string.Join(", ", parameters.Select((p, i) => $"\"{$"{Servers[i].Address} {p}".Trim()}\""));
    }

    [RequiresToolTheory("nginx")]
    [InlineData("equal")]
    [InlineData("five-one-one")]
    [InlineData("admin")]
    [InlineData("with-down")]
    [InlineData("with-backup")]
    [InlineData("single")]
    [InlineData("dead-first")]
    [InlineData("dead-uncounted")]
    [InlineData("dead-light")]
    [InlineData("all-dead-but-backup")]
    [InlineData("least")]
    [InlineData("hash")]
    [InlineData("hash-down")]
    [InlineData("ketama")]
    [InlineData("ketama-dead")]
    public async Task Pick_sequence_is_the_one_of_nginx(string pool)
    {
        Assert.Equal(await SequenceAsync(fixture.NginxPort, pool, 0, 200), await SequenceAsync(fixture.Port, pool, 0, 200));
    }

    [RequiresToolTheory("nginx")]
    [InlineData("ip")]
    [InlineData("ip-down")]
    public async Task Ip_hash_sends_each_network_where_nginx_sends_it(string pool)
    {
        for (var i = 0; i < 60; i++)
        {
            var source = new IPAddress([127, (byte)(i * 7), (byte)(i * 31), (byte)(1 + i)]);
            Assert.Equal(await FromAsync(fixture.NginxPort, source, pool), await FromAsync(fixture.Port, source, pool));
        }
    }

    private static async Task<string> SequenceAsync(int port, string pool, int from, int count)
    {
        await using var client = await RawClient.ConnectAsync(port);
        var sequence = new List<string>();
        for (var i = from; i < from + count; i++)
        {
            await client.SendAsync($"GET /{pool}/?k=key{i} HTTP/1.1\r\nHost: a\r\n\r\n");
            var response = await client.ReadResponseAsync();
            sequence.Add(response.Status == 200 ? response.BodyText : $"[{response.Status}]");
        }

        return string.Concat(sequence);
    }

    private static async Task<string> FromAsync(int port, IPAddress source, string pool)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(source, 0));
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes($"GET /{pool}/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
        return TestBytes.Text(await Deadline.WaitAsync(new SocketReader(socket).ReadToEndAsync(), () => "an answer"))[^1..];
    }
}
