using Balancer.Configuration.Schema;
using Balancer.TestSupport;

namespace Balancer.Configuration;

/// <summary>The reference file with pieces changed: it loads, or every fault has a place; never an exception, and what loads can be printed and loaded again.</summary>
public sealed class ConfigurationFuzzTests
{
    private static readonly string[] Values =
    [
        "0", "-1", "1", "1.5", "true", "''", "'off'", "'on'", "'5s'", "'5x'", "'1m30s'", "'8k'", "[]", "[1]", "['a', 'b']", "{}", "{ a = 'b' }", "'$host'", "'$nothing'", "'${'",
        "'127.0.0.1:80 weight=1'", "'127.0.0.1:80 weight=0 weight=2'", "'unix:/tmp/a'", "'[::1]:80 default_server'", "'~ ('", "'~ ^/(?<x>a)$'", "'= /'", "'http://pool'", "'http://pool/$uri'",
        "1979-05-27", "inf", "99999999999999999", "'99999999999999999999s'", "\"\\u0000\"", "'301 https://$host'", "'444'", "'error timeout http_500'", "['error', 'nonsense']", "'zone=z burst=5 nodelay'", "'zone=z delay=1 nodelay'", "'c 3'", "'$host zone=z:1m rate=5r/m'", "{ zone = 'z' }",
    ];

    private static readonly string[] Keys =
    [
        "listen", "server_name", "return", "path", "proxy_pass", "server", "keepalive", "least_conn", "hash", "queue", "weight", "add_header", "access_log", "error_log", "include", "log_format",
        "proxy_set_header", "client_max_body_size", "proxy_next_upstream", "set_real_ip_from", "worker_shutdown_timeout", "ssl_certificate", "nonsense", "admin", "upstream", "location", "limit_req", "limit_conn", "limit_req_zone", "limit_req_status", "limit_req_headers",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_changed_file_loads_or_tells_what_is_wrong(int seed)
    {
        var random = new Random(seed);
        var lines = Seed.Split('\n');
        var loaded = 0;
        for (var i = 0; i < 200; i++)
        {
            var text = Mutate(random, lines);
            var result = ConfigurationText.Load(text);

            Assert.True(result.Config is not null || result.Errors.Count > 0);
            var count = text.Split('\n').Length;
            foreach (var error in result.Errors)
            {
                Assert.NotEmpty(error.Message);
                Assert.InRange(error.Location.Line, 0, count);
            }

            if (result.Errors.Count == 0)
            {
                loaded++;
                var writer = new StringWriter();
                ConfigurationWriter.Write(result.Config!, writer);
                var again = ConfigurationText.Load(writer.ToString());
                Assert.True(again.Errors.Count == 0, $"{string.Join('\n', again.Errors)}\n{text}\n--- printed:\n{writer}");
                Assert.Equal(ConfigurationText.Show(result.Config), ConfigurationText.Show(again.Config));
            }
        }

        Assert.InRange(loaded, 2, 198);
    }

    private const string Seed = """
        worker_shutdown_timeout = '30s'
        error_log = 'stderr info'
        [log_format]
        main = '$remote_addr "$request" $status'
        [admin]
        listen = '127.0.0.1:9145'
        [upstream.pool]
        keepalive = 16
        queue = '10 timeout=5s'
        server = ['10.0.0.1:80 weight=5 max_fails=3 fail_timeout=30s', '10.0.0.2:80 backup']
        [upstream.other]
        least_conn = true
        [[upstream.other.server]]
        address = '10.0.0.3:80'
        weight = 2
        [limit_req_zone.z]
        key = '$binary_remote_addr'
        size = '1m'
        rate = '5r/s'
        [limit_conn_zone.c]
        key = '$binary_remote_addr'
        size = '1m'
        [[server]]
        limit_req = 'zone=z burst=5 delay=2'
        limit_conn = 'c 10'
        listen = ['127.0.0.1:80 default_server', '[::1]:80']
        server_name = ['a.test', '*.b.test', '~^(?<name>x+)\.c\.test$']
        access_log = '/tmp/access.log main buffer=64k flush=1s'
        add_header = { X-A = '1' }
        [[server.location]]
        path = '/'
        proxy_pass = 'http://pool'
        proxy_read_timeout = '5s'
        proxy_next_upstream = ['error', 'http_502']
        proxy_set_header = { X-B = '$host' }
        [[server.location]]
        path = '~ ^/(a|b)/'
        proxy_pass = 'http://other'
        [[server.location]]
        path = '= /ok'
        return = '200 ok'
        """;

    private static string Mutate(Random random, string[] lines)
    {
        var changed = lines.ToList();
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(changed.Count);
            switch (random.Next(5))
            {
                case 0:
                    changed.RemoveAt(at);
                    break;
                case 1:
                    changed.Insert(at, changed[random.Next(changed.Count)]);
                    break;
                case 2:
                    changed.Insert(at, $"{Keys[random.Next(Keys.Length)]} = {Values[random.Next(Values.Length)]}");
                    break;
                default:
                    var equals = changed[at].IndexOf('=', StringComparison.Ordinal);
                    changed[at] = equals < 0 ? changed[at] : $"{changed[at][..equals]}= {Values[random.Next(Values.Length)]}";
                    break;
            }
        }

        return string.Join('\n', changed);
    }
}
