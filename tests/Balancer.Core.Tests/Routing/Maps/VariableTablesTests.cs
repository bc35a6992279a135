using System.Net;
using System.Text;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;
using Balancer.TestSupport;

namespace Balancer.Routing.Maps;

public sealed class VariableTablesTests
{
    private const string Hosts = "source = '$http_x'\nhostnames = true\ndefault = 'none'\nvalues = { 'example.com' = 'exact', '*.example.com' = 'below', '.dot.org' = 'dot', 'mail.*' = 'mail', '*.deep.example.com' = 'deep', '~^re(\\d+)\\.net$' = 're-$1', '\\default' = 'word' }";
    private const string Texts = "source = '$http_x'\ndefault = 'none'\nvalues = { a = '1', 'B' = '2', '' = 'empty', '\\~x' = 'tilde', 'é' = 'accent', '~^/v(?<major>\\d+)/(.*)$' = '$major:$2', '~*^UP' = 'up', '~^/v' = 'late', '*.example.com' = 'star', 'vars' = '$http_x-$server_name' }";

    [Theory]
    [InlineData(Texts, "a", "1")]
    [InlineData(Texts, "A", "1")]
    [InlineData(Texts, "b", "2")]
    [InlineData(Texts, "", "empty")]
    [InlineData(Texts, "~x", "tilde")]
    [InlineData(Texts, "/v12/rest/of", "12:rest/of")]
    [InlineData(Texts, "/v/x", "late")]
    [InlineData(Texts, "upper", "up")]
    [InlineData(Texts, "/V1/x", "none")]
    [InlineData(Texts, "*.example.com", "star")]
    [InlineData(Texts, "www.example.com", "none")]
    [InlineData(Texts, "vars", "vars-api.example.com")]
    [InlineData(Texts, "ab", "none")]
    [InlineData(Hosts, "example.com", "exact")]
    [InlineData(Hosts, "EXAMPLE.com.", "exact")]
    [InlineData(Hosts, "www.example.com", "below")]
    [InlineData(Hosts, "a.deep.example.com", "deep")]
    [InlineData(Hosts, "deep.example.com", "below")]
    [InlineData(Hosts, "dot.org", "dot")]
    [InlineData(Hosts, "x.dot.org", "dot")]
    [InlineData(Hosts, "mail.anything", "mail")]
    [InlineData(Hosts, "re12.net", "re-12")]
    [InlineData(Hosts, "default", "word")]
    [InlineData(Hosts, "other", "none")]
    [InlineData(Hosts, "", "none")]
    public void Map_gives_the_value_of_nginx(string table, string text, string expected) =>
        Assert.Equal(expected, Read($"[map.v]\n{table}", "$v", Exchange(text)));

    [Theory]
    [InlineData("192.0.2.1", "net")]
    [InlineData("192.0.2.77", "host")]
    [InlineData("192.0.2.130", "half")]
    [InlineData("10.0.0.5", "range")]
    [InlineData("10.0.0.10", "")]
    [InlineData("2001:db8::1", "six")]
    [InlineData("2001:db8:1::9", "six-range")]
    [InlineData("203.0.113.9", "mapped")]
    [InlineData("::ffff:203.0.113.9", "mapped")]
    [InlineData("nonsense", "last")]
    [InlineData("", "last")]
    public void Geo_gives_the_value_of_the_smallest_network(string address, string expected) => Assert.Equal(
        expected,
        Read(
            "[geo.v]\naddress = '$http_x'\nvalues = { '192.0.2.0/24' = 'net', '192.0.2.77' = 'host', '192.0.2.128/25' = 'half', '10.0.0.1-10.0.0.9' = 'range', '2001:db8::/32' = 'six', '2001:db8:1::-2001:db8:1::ffff' = 'six-range', '255.255.255.255' = 'last', '::ffff:203.0.113.0/120' = 'mapped' }",
            "$v",
            Exchange(address)));

    [Fact]
    public void Geo_asks_for_the_client_unless_told_otherwise()
    {
        const string Toml = "[geo.v]\ndefault = 'out'\nvalues = ['198.51.100.0/24 in']";
        var exchange = Exchange("");

        Assert.Equal("in", Read(Toml, "$v", exchange));
        exchange.Client = new ClientAddress(IPAddress.Parse("192.0.2.1"), 1);
        Assert.Equal("out", Read(Toml, "$v", exchange));
        exchange.Client = ClientAddress.Unix;
        Assert.Equal("out", Read(Toml, "$v", exchange));
    }

    [Fact]
    public void Shares_of_split_clients_are_kept()
    {
        var counts = new Dictionary<string, int>();
        var template = Compile("[split_clients.v]\nsource = '$http_x'\nvalues = ['20.5% a', '0.5% b', '* c']", "$v");
        for (var i = 0; i < 20_000; i++)
        {
            var value = Write(template, Exchange($"client-{i}"));
            counts[value] = counts.GetValueOrDefault(value) + 1;
        }

        Assert.InRange(counts["a"], 3_900, 4_300);
        Assert.InRange(counts["b"], 60, 150);
        Assert.Equal(20_000, counts.Values.Sum());
    }

    [Fact]
    public void Equal_shares_may_stand_side_by_side()
    {
        const string Toml = "[split_clients.v]\nsource = '$http_x'\nvalues = ['50% a', '50% \"b c\"', '* c']";
        var template = Compile(Toml, "$v");
        var config = ConfigurationText.LoadGood($"{Toml}\n[[server]]");
        var writer = new StringWriter();
        ConfigurationWriter.Write(config, writer);

        Assert.Equal(["a", "b c"], Enumerable.Range(0, 20).Select(i => Write(template, Exchange($"client-{i}"))).Distinct().Order());
        Assert.Equal(ConfigurationText.Show(config), ConfigurationText.Show(ConfigurationText.LoadGood(writer.ToString())));
    }

    [Fact]
    public void Tables_refer_to_each_other_in_any_order() => Assert.Equal(
        "inside-acme",
        Read(
            "[map.both]\nsource = '$where/$tenant'\nvalues = { '~^(?<w>\\w+)/(?<t>\\w+)$' = '$w-$t' }\n[map.tenant]\nsource = '$http_x'\ndefault = '$http_x'\nvalues = { z = 'y' }\n[geo.where]\nvalues = { '198.51.100.0/24' = 'inside' }",
            "$both",
            Exchange("acme")));

    [Fact]
    public void Captures_of_a_map_leave_those_of_the_location_alone()
    {
        var exchange = Exchange("/v7/x");
        exchange.Captures = ["/whole", "outer"];

        Assert.Equal("outer:7-outer", Read("[map.v]\nsource = '$http_x'\nvalues = { '~^/v(\\d+)' = '$1' }", "$1:$v-$1", exchange));
    }

    [Theory]
    [InlineData("[map.a]\nsource = '$b'\nvalues = { x = '1' }\n[map.b]\nsource = '$http_x'\nvalues = { x = '$a' }", "the variable '$a' depends on itself: $a (test.toml:1:1), $b (test.toml:4:1)")]
    [InlineData("[map.a]\nsource = '$a'\nvalues = { x = '1' }", "the variable '$a' depends on itself: $a (test.toml:1:1)")]
    [InlineData("[map.a]\nsource = '$http_x'\ndefault = '$s'\nvalues = { x = '1' }\n[split_clients.s]\nsource = '$g'\nvalues = '* x'\n[geo.g]\naddress = '$a'\nvalues = '::1 x'", "the variable '$a' depends on itself: $a (test.toml:1:1), $s (test.toml:5:1), $g (test.toml:8:1)")]
    [InlineData("[map.host]\nsource = '$http_x'\nvalues = { x = '1' }", "map host: the variable '$host' is there already, expected another name")]
    [InlineData("[map.http_x]\nsource = '$host'\nvalues = { x = '1' }", "map http_x: the variable '$http_x' is there already, expected another name")]
    [InlineData("[map.a-b]\nsource = '$host'\nvalues = { x = '1' }", "map a-b: the name 'a-b' is none of a variable, expected letters, digits and '_'")]
    [InlineData("[map.a]\nsource = '$host'\nvalues = { x = '1' }\n[geo.A]\nvalues = '::1 x'", "geo A: the variable '$A' is already defined at test.toml:1:1")]
    [InlineData("[map.a]\nsource = '$host'\nvalues = { x = '1', X = '2' }", "map a: 'X' is given twice, for case does not matter")]
    [InlineData("[map.a]\nsource = '$host'\nvalues = { '~(' = '1' }", "map a: the regular expression does not compile: Not enough )'s")]
    [InlineData("[map.a]\nsource = '$host'\nvalues = { '~(?=x)' = '1' }", "map a: the regular expression needs backtracking, which could take long for every text it is in: a map takes none with lookaround, back-reference or atomic group")]
    [InlineData("[map.a]\nsource = '$host'\nvalues = { '~(?<host>x)' = '1' }", "map a: the capture 'host' is named like the variable '$host', expected another name")]
    [InlineData("[map.a]\nsource = '$host'\nhostnames = true\nvalues = { 'a.*.b' = '1' }", "map a: found 'a.*.b', expected a host name such as 'www.example.com', '*.example.com' or 'www.example.*'")]
    [InlineData("[map.a]\nsource = '$host'\nhostnames = true\nvalues = { 'a.b' = '1', '.A.b' = '2' }", "map a: the host name '.a.b' is given twice")]
    [InlineData("[map.a]\nsource = '$nothing'\nvalues = { x = '$2 $hots' }", "unknown variable '$nothing'\nunknown variable '$hots', did you mean '$host'?")]
    [InlineData("[geo.a]\nvalues = { '10.0.0.1/8' = '1', '10.0.0.0/33' = '2', 'x' = '3', '10.0.0.9-10.0.0.1' = '4', '10.0.0.1-::1' = '5' }", "geo a: found '10.0.0.1/8', expected an address, a network such as '10.0.0.0/8' without bits beyond its prefix, or a range such as '10.0.0.1-10.0.0.9'\n*\n*\n*\n*")]
    [InlineData("[geo.a]\nvalues = { '10.0.0.0/8' = '1', '10.0.0.0-10.255.255.255' = '2' }", "geo a: '10.0.0.0-10.255.255.255' is given twice")]
    [InlineData("[geo.a]\nvalues = { '10.0.0.0/8' = '$host' }", "geo a: found '$host', expected a text without variables, as in nginx; a map of $a can give one")]
    [InlineData("[split_clients.a]\nsource = '$host'\nvalues = ['60% a', '50% b']", "split_clients a: the shares add up to 110%, expected 100% at most")]
    [InlineData("[split_clients.a]\nsource = '$host'\nvalues = ['* a', '0% b', '0.001% c', '10 d', '-1% e', '101% f']", "split_clients a: found '*', expected a share from '0.01%' to '100%', or '*' in the end\n*\n*\n*\n*\n*")]
    public void Faults_are_reported_with_their_place(string toml, string expected)
    {
        var errors = new List<ConfigError>();
        VariableTables.Compile(ConfigurationText.LoadGood($"{toml}\n[[server]]"), [], new WallClock(TimeProvider.System), errors);

        var lines = expected.Split('\n');
        Assert.Equal(lines.Length, errors.Count);
        Assert.All(lines.Zip(errors), pair => Assert.True(pair.First == "*" || pair.First == pair.Second.Message, pair.Second.Message));
        Assert.All(errors, error => Assert.True(error.Location.Line > 0));
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var template = Compile("[map.m]\nsource = '$http_x'\nvalues = { a = '$g', '~^b' = 'regex' }\n[geo.g]\nvalues = { '198.51.100.0/24' = 'in' }\n[split_clients.s]\nsource = '$remote_addr'\nvalues = '50% x'", "$m $g $s");
        HttpExchange[] exchanges = [Exchange("a"), Exchange("bcd"), Exchange("other")];
        var output = new ByteBuffer(1024);

        Assert.Equal(0, Allocated.By(() =>
        {
            foreach (var exchange in exchanges)
            {
                output.Clear();
                template.Write(exchange, output);
            }
        }));
    }

    private static HttpExchange Exchange(string text) => ExchangeBuilder.Parsed($"GET / HTTP/1.1\r\nHost: example.com\r\nX: {text}\r\n\r\n");

    private static string Read(string toml, string text, HttpExchange exchange) => Write(Compile(toml, text), exchange);

    private static TextTemplate Compile(string toml, string text)
    {
        var errors = new List<ConfigError>();
        var scope = VariableTables.Compile(ConfigurationText.LoadGood($"{toml}\n[[server]]"), [], new WallClock(TimeProvider.System), errors);
        var template = TextTemplate.Compile(new ConfigText(text, SourceLocation.None), scope, errors);
        Assert.Empty(errors);
        return template;
    }

    private static string Write(TextTemplate template, HttpExchange exchange)
    {
        var output = new ByteBuffer();
        template.Write(exchange, output);
        return Encoding.UTF8.GetString(output.Written);
    }
}
