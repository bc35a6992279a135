using System.Net;
using System.Net.Sockets;
using Balancer.TestSupport;
using static Balancer.TestSupport.ConfigurationText;

namespace Balancer.Configuration;

/// <summary>What keys bind to, and what holds where they are absent.</summary>
public sealed class ConfigurationLoaderTests
{
    [Fact]
    public void An_empty_server_has_the_defaults_of_nginx()
    {
        var config = LoadGood("[[server]]");

        Assert.Equal((TimeSpan.FromSeconds(30), new ErrorLogConfig(null, ErrorLogLevel.Info), null, null), (config.WorkerShutdownTimeout, config.ErrorLog, config.PidFile, config.AdminListen));
        Assert.Empty(config.Upstreams);
        Assert.Empty(config.LogFormats);
        var server = Assert.Single(config.Servers);
        var listen = Assert.Single(server.Listen);
        Assert.Equal(new IPEndPoint(IPAddress.Any, 80), listen.EndPoint);
        Assert.Equal((false, 511, false, false, null, true), (listen.DefaultServer, listen.Backlog, listen.ReusePort, listen.ProxyProtocol, listen.SoKeepalive, listen.Ipv6Only));
        Assert.Empty(server.ServerNames);
        Assert.Empty(server.Locations);
        Assert.Null(server.Return);
        Assert.Equal(new SettingsConfig(), server.Settings);
        Assert.Equal(new SettingsConfig(), config.Settings);
    }

    [Fact]
    public void An_upstream_has_the_defaults_of_nginx()
    {
        var upstream = Assert.Single(LoadGood("[upstream.app]\nserver = '10.0.0.1'\n[[server]]").Upstreams);

        Assert.Equal(("app", BalancingMethod.RoundRobin, 32, 1000), (upstream.Name, upstream.Balancing.Method, upstream.Keepalive, upstream.KeepaliveRequests));
        Assert.Equal((TimeSpan.FromHours(1), TimeSpan.FromMinutes(1), null), (upstream.KeepaliveTime, upstream.KeepaliveTimeout, upstream.Queue));
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)), (upstream.ResolverTimeout, upstream.ResolverValid));
        Assert.Empty(upstream.Resolver);
        var server = Assert.Single(upstream.Servers);
        Assert.Equal(("10.0.0.1", "10.0.0.1", 80, null), (server.Address, server.Host, server.Port, server.UnixPath));
        Assert.Equal((1, 1, TimeSpan.FromSeconds(10), 0), (server.Weight, server.MaxFails, server.FailTimeout, server.MaxConns));
        Assert.Equal((TimeSpan.Zero, false, false, false), (server.SlowStart, server.Backup, server.Down, server.Resolve));
    }

    [Fact]
    public void A_server_line_and_a_server_table_bind_the_same()
    {
        var lines = LoadGood("""
            [upstream.app]
            server = [
              "10.0.2.10:3002 weight=100 max_fails=3 fail_timeout=30s max_conns=1000 slow_start=1m30s",
              "app.example.com:81 backup down resolve",
              "unix:/run/app.sock",
            ]
            [[server]]
            """);
        var tables = LoadGood("""
            [[upstream.app.server]]
            address = "10.0.2.10:3002"
            weight = 100
            max_fails = 3
            fail_timeout = 30
            max_conns = 1000
            slow_start = "90s"
            [[upstream.app.server]]
            address = "app.example.com:81"
            backup = true
            down = true
            resolve = true
            [[upstream.app.server]]
            address = "unix:/run/app.sock"
            weight = 1
            [[server]]
            """);

        Assert.Equal(Show(lines), Show(tables));
        var servers = lines.Upstreams[0].Servers;
        Assert.Equal((100, 3, TimeSpan.FromSeconds(30), 1000, TimeSpan.FromSeconds(90)), (servers[0].Weight, servers[0].MaxFails, servers[0].FailTimeout, servers[0].MaxConns, servers[0].SlowStart));
        Assert.Equal(("app.example.com", 81, true, true, true), (servers[1].Host, servers[1].Port, servers[1].Backup, servers[1].Down, servers[1].Resolve));
        Assert.Equal((null, "/run/app.sock"), (servers[2].Host, servers[2].UnixPath));
    }

    [Theory]
    [InlineData("least_conn = true", BalancingMethod.LeastConnections)]
    [InlineData("least_conn = false", BalancingMethod.RoundRobin)]
    [InlineData("least_conn = false\nip_hash = true", BalancingMethod.IpHash)]
    [InlineData("hash = '$request_uri'", BalancingMethod.Hash)]
    [InlineData("random = true", BalancingMethod.Random)]
    [InlineData("least_time = 'header'", BalancingMethod.LeastTime)]
    public void The_method_is_the_key_that_is_set(string keys, BalancingMethod method)
    {
        Assert.Equal(method, LoadGood($"[upstream.app]\nserver = '10.0.0.1'\n{keys}\n[[server]]").Upstreams[0].Balancing.Method);
    }

    [Theory]
    [InlineData("hash = '$request_uri consistent'", "hash = { key = '$request_uri', consistent = true }")]
    [InlineData("hash = '\"$remote_addr $uri\"'", "hash = { key = '$remote_addr $uri' }")]
    [InlineData("random = 'two'", "random = { two = true, least_conn = true }")]
    [InlineData("random = 'two least_time=last_byte'", "random = { two = true, least_time = 'last_byte' }")]
    [InlineData("least_time = 'last_byte inflight'", "least_time = { inflight = true, measure = 'last_byte' }")]
    [InlineData("queue = 100", "queue = { length = 100, timeout = '60s' }")]
    [InlineData("queue = '100 timeout=10s'", "queue = { length = 100, timeout = 10 }")]
    [InlineData("zone = 'app 64k'", "")]
    [InlineData("resolver = '10.0.0.2 [::1]:53'", "resolver = ['10.0.0.2', '[::1]:53']")]
    public void A_phrase_and_its_table_bind_the_same(string phrase, string table)
    {
        const string start = "[upstream.app]\nserver = '10.0.0.1'\n";

        Assert.Equal(Show(LoadGood($"{start}{phrase}\n[[server]]")), Show(LoadGood($"{start}{table}\n[[server]]")));
    }

    [Theory]
    [InlineData("listen = 8080", "listen = '*:8080'")]
    [InlineData("listen = '80 default_server backlog=1024 reuseport proxy_protocol so_keepalive=30m::10'", "listen = [{ address = 80, default_server = true, backlog = 1024, reuseport = true, proxy_protocol = true, so_keepalive = '30m::10' }]")]
    [InlineData("listen = '[::]:80 ipv6only=off'", "listen = { address = '[::]:80', ipv6only = false }")]
    [InlineData("listen = 'unix:/run/x.sock'", "listen = { address = 'unix:/run/x.sock' }")]
    [InlineData("server_name = 'a.example.com *.b.example.com'", "server_name = ['a.example.com', '*.b.example.com']")]
    [InlineData("return = '301 https://$host$request_uri'", "return = { status = 301, text = 'https://$host$request_uri' }")]
    [InlineData("return = 'https://$host/'", "return = '302 https://$host/'")]
    [InlineData("return = 404", "return = '404'")]
    [InlineData("return = '200 \"two words\"'", "return = { status = 200, text = 'two words' }")]
    [InlineData("return = '200 two words'", "return = { status = 200, text = 'two words' }")]
    [InlineData("access_log = '/a.log combined buffer=64k flush=5s if=$arg_log'", "access_log = [{ path = '/a.log', buffer = 65536, flush = 5, if = '$arg_log' }]")]
    [InlineData("access_log = '/a.log'", "access_log = '/a.log combined'")]
    [InlineData("access_log = false", "access_log = 'off'")]
    [InlineData("add_header = 'X-A \"1 2\" always'", "add_header = { X-A = '1 2' }")]
    [InlineData("proxy_set_header = ['X-A 1', { X-B = '2' }]", "proxy_set_header = { X-A = '1', X-B = '2' }")]
    [InlineData("proxy_next_upstream = 'error timeout http_502'", "proxy_next_upstream = ['http_502', 'error', 'timeout']")]
    [InlineData("proxy_hide_header = 'X-A'", "proxy_hide_header = ['X-A']")]
    [InlineData("proxy_protocol = true", "proxy_protocol = 1")]
    [InlineData("large_client_header_buffers = '4 8k'", "large_client_header_buffers = { number = 4, size = 8192 }")]
    [InlineData("set_real_ip_from = '10.0.0.0/8 unix:'", "set_real_ip_from = ['10.0.0.0/8', 'unix:']")]
    [InlineData("proxy_http_version = '1.1'", "proxy_http_version = 1.1")]
    [InlineData("proxy_http_version = '2'", "proxy_http_version = 2")]
    [InlineData("proxy_http_version = '2.0'", "proxy_http_version = 2.0")]
    [InlineData("keepalive_timeout = '1m15s'", "keepalive_timeout = 75")]
    [InlineData("location = [{ path = '~* \\.png$', return = 200 }]", "location = [{ path = { modifier = '~*', pattern = '\\.png$' }, return = 200 }]")]
    public void A_line_and_its_other_form_bind_the_same_in_a_server(string one, string other)
    {
        Assert.Equal(Show(LoadGood($"[[server]]\n{one}")), Show(LoadGood($"[[server]]\n{other}")));
    }

    [Fact]
    public void Listen_lines_bind_to_endpoints_and_options()
    {
        var server = LoadGood("""
            [[server]]
            listen = ["127.0.0.1:8080 default_server backlog=1024 reuseport proxy_protocol so_keepalive=30m::10", "[::1]:81 ipv6only=off so_keepalive=off", "unix:/run/x.sock", "82 so_keepalive=on"]
            """).Servers[0];

        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 8080), new IPEndPoint(IPAddress.IPv6Loopback, 81), new UnixDomainSocketEndPoint("/run/x.sock"), new IPEndPoint(IPAddress.Any, 82)], server.Listen.Select(l => l.EndPoint));
        var first = server.Listen[0];
        Assert.Equal((true, 1024, true, true), (first.DefaultServer, first.Backlog, first.ReusePort, first.ProxyProtocol));
        Assert.Equal(new KeepaliveSocketConfig(true, TimeSpan.FromMinutes(30), null, 10), first.SoKeepalive);
        Assert.Equal((false, new KeepaliveSocketConfig(false)), (server.Listen[1].Ipv6Only, server.Listen[1].SoKeepalive));
        Assert.Equal(new KeepaliveSocketConfig(true), server.Listen[3].SoKeepalive);
    }

    [Fact]
    public void Socket_options_written_once_hold_for_every_server_of_the_address()
    {
        var servers = LoadGood("""
            [[server]]
            listen = "8080"
            server_name = "a"
            [[server]]
            listen = "8080 backlog=99 proxy_protocol default_server"
            server_name = "b"
            """).Servers;

        Assert.All(servers, s => Assert.Equal((99, true), (s.Listen[0].Backlog, s.Listen[0].ProxyProtocol)));
        Assert.Equal([false, true], servers.Select(s => s.Listen[0].DefaultServer));
    }

    [Fact]
    public void Settings_bind_at_each_level_and_are_inherited()
    {
        var config = LoadGood("""
            proxy_read_timeout = "10s"
            keepalive_timeout = 0
            client_max_body_size = 0
            add_header = { X-Top = "1", X-Both = "top" }
            proxy_set_header = { X-Top = "1" }
            access_log = "/a.log"
            client_header_timeout = "7s"
            large_client_header_buffers = "2 1k"
            [[server]]
            proxy_read_timeout = "20s"
            add_header = { x-both = "server" }
            underscores_in_headers = true
            client_header_timeout = "8s"
              [[server.location]]
              path = "/"
              return = 200
              proxy_set_header = { X-Loc = "1" }
              access_log = "off"
            [[server]]
            listen = 81
            """);

        var location = config.Servers[0].Locations[0].Settings.Over(config.Servers[0].Settings).Over(config.Settings);
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.Zero, 0L), (location.ProxyReadTimeout, location.KeepaliveTimeout, location.ClientMaxBodySize));
        Assert.Equal(["X-Both=server", "X-Top=1"], location.AddHeaders!.Select(h => $"{h.Key}={h.Value}").Order());
        Assert.Equal(["X-Loc"], location.ProxySetHeaders!.Keys);
        Assert.Empty(location.AccessLogs!);
        Assert.Equal((TimeSpan.FromSeconds(8), new HeaderBuffersConfig(2, 1024), true), (config.Servers[0].ClientHeaderTimeout, config.Servers[0].LargeClientHeaderBuffers, config.Servers[0].UnderscoresInHeaders));
        Assert.Equal((TimeSpan.FromSeconds(7), new HeaderBuffersConfig(2, 1024), null), (config.Servers[1].ClientHeaderTimeout, config.Servers[1].LargeClientHeaderBuffers, config.Servers[1].UnderscoresInHeaders));
    }

    [Fact]
    public void A_buffered_access_log_is_flushed_every_second()
    {
        var logs = LoadGood("access_log = ['/a.log combined buffer=1k', '/b.log']\n[[server]]").Settings.AccessLogs!;

        Assert.Equal([(1024, TimeSpan.FromSeconds(1)), (0, TimeSpan.Zero)], logs.Select(l => (l.BufferSize, l.Flush)));
    }

    [Fact]
    public void Log_formats_may_be_joined_from_several_texts()
    {
        Assert.Equal("$remote_addr $status", LoadGood("access_log = '/a main'\n[log_format]\nmain = ['$remote_addr ', '$status']\n[[server]]").LogFormats["main"].Value);
    }

    [Fact]
    public void Texts_know_where_they_stand()
    {
        var config = LoadGood("""
            [log_format]
            main = '$remote_addr'
            [upstream.app]
            hash = '"$request_uri" consistent'
            server = ["10.0.0.1", "10.0.0.2  weight=2"]
            [[server]]
            server_name = "a.example.com  b.example.com"
            add_header = { X-A = "$host" }
              [[server.location]]
              path = "/"
              proxy_pass = "http://app"
              return = "200 text"
            """);

        Assert.Equal("test.toml:2:9", config.LogFormats["main"].Location.ToString());
        Assert.Equal("test.toml:4:10", config.Upstreams[0].Balancing.HashKey!.Location.ToString());
        Assert.Equal("test.toml:3:1", config.Upstreams[0].Location.ToString());
        Assert.Equal("test.toml:5:24", config.Upstreams[0].Servers[1].Source.ToString());
        var server = config.Servers[0];
        Assert.Equal("test.toml:6:1", server.Location.ToString());
        Assert.Equal("test.toml:7:31", server.ServerNames[1].Location.ToString());
        Assert.Equal("test.toml:8:23", server.Settings.AddHeaders!["x-a"].Location.ToString());
        Assert.Equal("test.toml:10:11", server.Locations[0].Path.Location.ToString());
        Assert.Equal("test.toml:11:17", server.Locations[0].ProxyPass!.Location.ToString());
        Assert.Equal("test.toml:12:17", server.Locations[0].Return!.Text!.Location.ToString());
    }

    [Theory]
    [InlineData("http://10.0.0.1:8080")]
    [InlineData("http://10.0.0.1")]
    [InlineData("http://app.example.com")]
    [InlineData("http://app:3000/x")]
    [InlineData("http://localhost")]
    [InlineData("http://[::1]/")]
    [InlineData("http://unix:/run/app.sock:/")]
    public void A_host_can_be_proxied_to_without_an_upstream(string target)
    {
        var location = LoadGood($"[[server]]\nlocation = [{{ path = '/', proxy_pass = '{target}' }}]").Servers[0].Locations[0];

        Assert.Equal(target, location.ProxyPass!.Value);
    }

    [Fact]
    public void The_same_name_on_different_addresses_is_well()
    {
        LoadGood("[[server]]\nlisten = 81\nserver_name = 'a'\n[[server]]\nlisten = 82\nserver_name = 'a'\n");
    }

    [Fact]
    public void Two_listeners_may_leave_the_port_to_the_system()
    {
        LoadGood("[admin]\nlisten = '127.0.0.1:0'\n[[server]]\nlisten = '127.0.0.1:0'\n");
    }

    [Fact]
    public void Hostname_stands_for_the_name_of_the_machine()
    {
        Assert.Equal(Environment.MachineName, LoadGood("[[server]]\nserver_name = '$hostname'").Servers[0].ServerNames[0].Value);
    }
}
