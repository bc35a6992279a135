using System.Text;
using Balancer.Configuration.Schema;
using Balancer.TestSupport;
using static Balancer.TestSupport.ConfigurationText;

namespace Balancer.Configuration;

/// <summary>What is printed loads back to an equal configuration.</summary>
public sealed class ConfigurationWriterTests
{
    [Theory]
    [InlineData("quickstart.toml")]
    [InlineData("insightserenity.toml")]
    public void A_shipped_file_survives_being_printed(string name)
    {
        AssertSurvives(ConfigurationLoader.Load(RepositoryFiles.PathOf("conf", name)).Config!);
    }

    [Fact]
    public void Awkward_texts_survive_being_printed()
    {
        AssertSurvives(LoadGood("""
            access_log = [{ path = "/a b.log", format = "m 1", buffer = "1k", flush = "1500ms", if = "$a $b" }]
            add_header = { X-Empty = "", X-Quotes = "it's \"quoted\" \\ \t", X-Unicode = "ü😀" }
            proxy_set_header = { Host = "$proxy_host", "X.Dotted" = "1" }
            otel_trace = "$a"
            otel_resource_attr = { "deployment.environment.name" = "t \"1\"" }
            otel_service_name = "a b"
            [otel_exporter]
            endpoint = "collector:4317"
            header = ["X-Key 'a b'"]
            interval = "1500ms"
            [log_format]
            "m 1" = "'$remote_addr' \"$request\"\n\\"
            [upstream."a.b-c_d"]
            hash = { key = "$a $b", consistent = true }
            server = [{ address = "unix:/run/a b.sock" }, "[::1]:80 weight=2"]
            [upstream.r]
            random = "two least_time=last_byte"
            server = "10.0.0.1:1"
            [match.alive]
            status = "! 500-599 404"
            header = ["Content-Type ~ ^text/", "! X-Down", "X-Up = a b"]
            body = "!~ \"down\""
            [[server]]
            server_name = ["", "~^(?<x>a \"b\")$"]
            return = { status = 200, text = " leading" }
              [[server.location]]
              path = "= /a b"
              return = { status = 200, text = "" }
              [[server.location]]
              path = { modifier = "~", pattern = '"quoted"' }
              return = { status = 200, text = '"quoted"' }
              [[server.location]]
              path = { modifier = "~", pattern = ' spaced ' }
              return = "200 \"a\" b"
              [[server.location]]
              path = '~ "^/x{2}$"'
              return = "200 x;"
              [[server.location]]
              path = "/live"
              monitor = "live"
              otel_trace = false
              otel_trace_context = "inject"
              otel_span_name = "$uri \"x\""
              otel_span_attr = ["a.b $uri", { c = "" }]
              [[server.location]]
              path = "/checked"
              proxy_pass = "http://10.0.0.1"
              health_check = true
              [[server.location]]
              path = "/checked/too"
              proxy_pass = "http://10.0.0.1"
              health_check = { uri = "/a", match = "alive", interval = "2s", mandatory = true }
              [[server.location]]
              path = "/grpc"
              grpc_pass = "grpcs://10.0.0.1:50051"
              health_check = "type=grpc grpc_service=a.B"
              proxy_http_version = 2
              limit_req = [{ zone = "a-1.x", burst = 20, delay = 8 }, "zone=b nodelay burst=5"]
              limit_conn = "c 65535"
              limit_req_headers = "off"
              limit_req_log_level = "notice"
              [[server.location]]
              path = "/free"
              return = 204
              limit_req = "off"
              limit_conn = false
            [limit_req_zone."a-1.x"]
            key = "$host \"$uri\" x"
            size = 65536
            rate = "100r/15m"
            [limit_req_zone.b]
            key = "$host"
            size = "32k"
            rate = "60r/1m"
            [limit_conn_zone.c]
            key = "$host"
            size = "4g"
            """));
    }

    [Fact]
    public void What_was_not_set_is_shown_as_a_comment()
    {
        var text = Print(LoadGood("[upstream.x]\nserver = '10.0.0.1 weight=1 max_fails=2'\n[[server]]"));

        Assert.Contains("\n# proxy_read_timeout = \"1m\"\n", text);
        Assert.Contains("\n# keepalive = 32\n", text);
        Assert.Contains("\nserver = \"10.0.0.1 max_fails=2\"\n", text);
        Assert.Contains("\nlisten = \"0.0.0.0:80\"\n", text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_mix_of_keys_survives_being_printed(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            AssertSurvives(LoadGood(RandomDocument(random)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_mutation_of_a_configuration_is_loaded_or_refused(int seed)
    {
        var random = new Random(seed);
        const string alphabet = "\"'[]{}=,.$~^*:; \n#0x9-_ab\\/";
        for (var round = 0; round < 200; round++)
        {
            var text = new StringBuilder(RandomDocument(random));
            for (var mutation = random.Next(1, 5); mutation > 0; mutation--)
            {
                var at = random.Next(text.Length);
                switch (random.Next(3))
                {
                    case 0:
                        text[at] = alphabet[random.Next(alphabet.Length)];
                        break;
                    case 1:
                        text.Remove(at, Math.Min(random.Next(1, 12), text.Length - at));
                        break;
                    default:
                        text.Insert(at, alphabet[random.Next(alphabet.Length)]);
                        break;
                }
            }

            var result = Load(text.ToString());
            Assert.Equal(result.Errors.Count == 0, result.Config is not null);
            Assert.All(result.Errors, e => Assert.True(e.Location.Line >= 1 && e.Location.Column >= 1 && e.Message.Length > 0));
            if (result.Config is not null)
            {
                AssertSurvives(result.Config);
            }
        }
    }

    /// <summary>A document with a random choice of the keys of the schema, their examples as values.</summary>
    private static string RandomDocument(Random random)
    {
        var text = new StringBuilder();
        AddKeys(text, random, TopLevel.Level, "include", "log_format", "ssl_certificate", "ssl_certificate_key", "ssl_client_certificate", "limit_req_zone", "limit_conn_zone");
        text.Append("ssl_certificate = '/a.pem'\nssl_certificate_key = '/a.key'\nssl_client_certificate = '/ca.pem'\n");
        text.Append("[limit_req_zone.admin]\nkey = '$host'\nsize = '1m'\nrate = '90r/90s'\n[limit_conn_zone.addr]\nkey = '$host'\nsize = '64k'\n");
        text.Append("[otel_exporter]\nendpoint = 'https://collector'\n");
        AddKeys(text, random, OtelExporterKey.Level, "endpoint");
        text.Append("[log_format]\nmain = '$remote_addr \"$request\"'\n");
        for (var i = 0; i < random.Next(1, 4); i++)
        {
            text.Append($"[upstream.{(i == 0 ? "admin_backend" : $"u{i}")}]\n");
            var methods = new[] { "least_conn", "ip_hash", "hash", "random", "least_time" };
            var method = methods[random.Next(methods.Length)];
            AddKeys(text, random, UpstreamLevel.Level, [.. methods.Where(m => m != method), "server"]);
            text.Append($"server = [{string.Join(", ", Enumerable.Range(1, random.Next(1, 6)).Select(n => $"\"10.0.0.{n}:{random.Next(1, 65536)} weight={random.Next(1, 9)} max_fails={random.Next(3)} fail_timeout={random.Next(1, 9999)}ms\""))}]\n");
        }

        for (var i = 0; i < random.Next(1, 4); i++)
        {
            text.Append("[[server]]\n");
            AddKeys(text, random, ServerLevel.Level, "listen", "server_name", "break");
            text.Append($"listen = [\"127.0.0.{i + 1}:{random.Next(1, 65536)} backlog={random.Next(1, 999)}\", \"[::{i + 1}]:1 ipv6only=off\"]\nserver_name = \"a{i}.example.com *.b{i}.example.com\"\n");
            for (var j = 0; j < random.Next(4); j++)
            {
                text.Append($"[[server.location]]\npath = \"{new[] { "", "= ", "^~ ", "~ ", "~* " }[random.Next(5)]}/l{j}\"\n");
                AddKeys(text, random, LocationLevel.Level, "path", "proxy_pass", "grpc_pass", "root", "monitor", "health_check", random.Next(2) == 0 ? "break" : "return");
                text.Append("proxy_pass = \"http://admin_backend\"\n");
            }
        }

        return text.ToString();
    }

    private static void AddKeys(StringBuilder text, Random random, SchemaLevel level, params string[] except)
    {
        foreach (var key in level.Keys)
        {
            if (!except.Contains(key.Name) && key.Example.Length > 0 && random.Next(3) == 0)
            {
                text.Append($"{key.Name} = {key.Example}\n");
            }
        }
    }

    private static void AssertSurvives(GatewayConfig config)
    {
        var printed = Print(config);
        var again = Load(printed);
        Assert.True(again.Errors.Count == 0, $"{string.Join('\n', again.Errors)}\n---\n{printed}");
        Assert.Equal(Show(config), Show(again.Config));
        Assert.Equal(printed.Split('\n')[1..], Print(again.Config!).Split('\n')[1..]);
    }

    private static string Print(GatewayConfig config)
    {
        var writer = new StringWriter();
        ConfigurationWriter.Write(config, writer);
        return writer.ToString();
    }
}
