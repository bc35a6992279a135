using Balancer.TestSupport;

namespace Balancer.Configuration.Schema;

/// <summary>The tables of keys hold together: what they say of themselves is true.</summary>
public sealed class ConfigSchemaTests
{
    private const string Surroundings = "[log_format]\nmain = 'x'\n[upstream.admin_backend]\nserver = '10.0.0.1'\n";
    private const string Zones = "\n[limit_req_zone]\nadmin = { key = '$host', size = '1m', rate = '1r/s' }\n[limit_conn_zone]\naddr = { key = '$host', size = '1m' }\n";

    private const string Exporter = "\n[otel_exporter]\nendpoint = 'collector:4317'\n";

    public static TheoryData<string, string> Sections()
    {
        var data = new TheoryData<string, string>();
        foreach (var level in ConfigSchema.Sections)
        {
            foreach (var key in level.Keys.Where(k => k.Example.Length > 0 && k.Name != "log_format"))
            {
                data.Add(level.Title, key.Name);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public void The_example_and_the_default_of_a_key_can_be_written(string title, string name)
    {
        var key = ConfigSchema.Sections.Single(l => l.Title == title).Keys.Single(k => k.Name == name);
        foreach (var value in new[] { key.Example, key.Default })
        {
            if (value is not null && name != "include")
            {
                ConfigurationText.LoadGood(Document(title, $"{name} = {value}{Companion(name)}") + (NeedsZones(name) ? Zones : name == "otel_trace" ? Exporter : ""));
            }
        }
    }

    private static bool NeedsZones(string name) => name is "limit_req" or "limit_conn";

    /// <summary>A key that the other one cannot stand without.</summary>
    private static string Companion(string name) => name switch
    {
        "ssl_certificate" => "\nssl_certificate_key = '/a.key'",
        "ssl_certificate_key" => "\nssl_certificate = '/a.pem'",
        "ssl_verify_client" => "\nssl_client_certificate = '/ca.pem'",
        _ => "",
    };

    [Fact]
    public void Defaults_written_by_hand_are_those_of_the_records()
    {
        var upstream = new UpstreamConfig { Name = "x", Location = SourceLocation.None, Servers = [] };
        Assert.All(UpstreamLevel.Level.LevelKeys.Where(k => k.Write(upstream) is not null && k.Name != "server"), k => Assert.Equal(k.Default, k.Write(upstream)));
        var server = new UpstreamServerConfig { Source = SourceLocation.None, Address = "x" };
        Assert.All(UpstreamServerLevel.Level.LevelKeys.Where(k => k.Name != "address"), k => Assert.Equal(k.Default, k.Write(server)));
        var top = new TopLevel(new GatewayConfig { File = "", Settings = new SettingsConfig(), LogFormats = new Dictionary<string, ConfigText>(), Upstreams = [], Servers = [] });
        Assert.All(TopLevel.Level.LevelKeys.Where(k => k.Write(top) is not null), k => Assert.Equal(k.Default, k.Write(top)));
    }

    [Fact]
    public void Every_key_says_what_it_does()
    {
        foreach (var key in ConfigSchema.Sections.Concat(ConfigSchema.Phrases).SelectMany(l => l.Keys))
        {
            Assert.True(key.Summary.EndsWith('.'), key.Name);
            Assert.False(string.IsNullOrEmpty(key.TypeName), key.Name);
            Assert.False(string.IsNullOrEmpty(key.Expected), key.Name);
        }
    }

    [Fact]
    public void No_key_is_refused_elsewhere_as_unknown_to_the_schema()
    {
        foreach (var key in ConfigSchema.Sections.SelectMany(l => l.Keys))
        {
            Assert.False(RefusedDirectives.TryGetReason(key.Name, out _), key.Name);
        }
    }

    /// <summary>The lines a table cannot be without, but for the one that is tried.</summary>
    private static string Required(string line, params string[] required) => string.Join('\n', required.Where(r => r.Length > 0 && !line.StartsWith(r[..(r.IndexOf('=') + 1)])));

    private static string Document(string title, string line) => title switch
    {
        "the top level" => $"{line}\n{Surroundings}[[server]]",
        "[admin]" => $"[admin]\n{line}\n[[server]]",
        "[upstream.NAME]" => $"[upstream.x]\n{line}\n{(line.StartsWith("server ") ? "" : "server = '10.0.0.2'")}\n[[server]]",
        "[map.NAME]" or "[split_clients.NAME]" => $"[{title[1..^6]}.x]\n{line}\n{Required(line, "source = '$host'", "values = { '100%' = 'b' }")}\n[[server]]",
        "[geo.NAME]" => $"[geo.x]\n{line}\n{Required(line, "values = { '10.0.0.0/8' = 'b' }")}\n[[server]]",
        "[[server]]" => $"{Surroundings}[[server]]\n{line}",
        "[vrrp_instance.NAME]" => $"{Surroundings}[vrrp_script.check_route]\nscript = '/bin/true'\n[vrrp_instance.VI_1]\n{line}\n{Required(line, "interface = 'eth0'", "virtual_router_id = 51", "virtual_ipaddress = '10.0.1.100/24'", line.StartsWith("authentication") ? "" : "version = 3")}\n[[server]]\nlisten = '10.0.1.100:80'",
        "[otel_exporter]" => $"[otel_exporter]\n{line}\n{Required(line, "endpoint = 'https://collector'")}\n[[server]]",
        "[match.NAME]" => $"[match.x]\n{line}\n[[server]]",
        "[[server.location]]" when line.StartsWith("health_check", StringComparison.Ordinal) => $"[[server]]\n[[server.location]]\npath = '/'\nproxy_pass = 'http://10.0.0.1'\n{line}",
        "[vrrp_script.NAME]" => $"[vrrp_script.x]\n{line}\n{Required(line, "script = '/bin/true'")}\n[[server]]",
        "[vrrp_sync_group.NAME]" => $"{string.Concat(((string[])["VI_4", "VI_6"]).Select((name, i) => $"[vrrp_instance.{name}]\ninterface = 'eth{i}'\nvirtual_router_id = 1\nvirtual_ipaddress = '10.0.1.10{i}'\n"))}[vrrp_sync_group.x]\n{line}\n{Required(line, "group = ['VI_4', 'VI_6']")}\n[[server]]",
        "[limit_req_zone.NAME]" => $"[limit_req_zone.x]\n{line}\n{Required(line, "key = '$host'", "size = '1m'", "rate = '1r/s'")}\n[[server]]",
        "[limit_conn_zone.NAME]" => $"[limit_conn_zone.x]\n{line}\n{Required(line, "key = '$host'", "size = '1m'")}\n[[server]]",
        "[server.location.limit_except]" => $"{Surroundings}[[server]]\n[[server.location]]\npath = '/'\nreturn = 204\n[server.location.limit_except]\n{line}\n{Required(line, "methods = 'GET'")}",
        _ => $"{Surroundings}[[server]]\n[[server.location]]\n{line}\n{(line.StartsWith("path") ? "" : "path = '/'")}\n{(line.StartsWith("return") ? "" : line.StartsWith("break") ? "root = '/srv'" : "return = 204")}",
    };
}
