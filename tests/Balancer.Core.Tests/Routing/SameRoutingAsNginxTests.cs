using System.Net;
using System.Text;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.TestSupport;

namespace Balancer.Routing;

/// <summary>Random virtual servers, locations and requests: server, location, normalized path, upstream target, redirect and client must be those of a real nginx.</summary>
public sealed class SameRoutingAsNginxTests
{
    private const int Requests = 400;

    private static readonly string[] s_names =
        ["a.example", "b.a.example", "*.example", "*.a.example", ".b.example", "www.*", "www.a.*", "~^(?<x>c+)\\.", "~example$", "d", "*.d", "_", ".example"];

    private static readonly string[] s_hosts =
        ["a.example", "A.Example.", "b.a.example:81", "c.a.example", "x.b.a.example", "b.example", "z.b.example", "www.x", "www.a.de", "ccc.org", "org.example", "d", "x.d", "none", "www", "www."];

    private static readonly (LocationMatch Match, string Pattern)[] s_locations =
    [
        (LocationMatch.Prefix, "/"), (LocationMatch.Prefix, "/a"), (LocationMatch.Prefix, "/a/"), (LocationMatch.Prefix, "/a/b/"), (LocationMatch.Prefix, "/b/"),
        (LocationMatch.Prefix, "/b/a/"), (LocationMatch.Prefix, "/ab"), (LocationMatch.Prefix, "/b"), (LocationMatch.Prefix, "/a b/"), (LocationMatch.Prefix, "/."),
        (LocationMatch.PrefixNoRegex, "/b/b/"), (LocationMatch.PrefixNoRegex, "/a.b/"), (LocationMatch.PrefixNoRegex, "/aa"),
        (LocationMatch.Exact, "/"), (LocationMatch.Exact, "/a"), (LocationMatch.Exact, "/a/b"), (LocationMatch.Exact, "/b/"), (LocationMatch.Exact, "/ba/"),
        (LocationMatch.Regex, "^/a"), (LocationMatch.Regex, "b$"), (LocationMatch.Regex, "/(?<x>a+)/(b)?"), (LocationMatch.Regex, "(a).(?<y>b)"), (LocationMatch.RegexIgnoreCase, "^/B"), (LocationMatch.RegexIgnoreCase, "\\.B"),
    ];

    private static readonly string[] s_paths = ["/", "/", "/", "a", "b", "a", "b", "ab", ".", "..", "a.b", "%2e", "%2F", "%61", "%20", "%25", "%zz", "~"];

    private static readonly string[] s_clients =
        ["1.2.3.4", "10.0.0.1", "10.0.0.2", "192.168.1.1", "2001:db8::1", "2001:db9::1", "[2001:db8::2]:80", "5.6.7.8:99", "unknown", ""];

    private static readonly TrustedAddressConfig[] s_trusted = [new(null), new(IPNetwork.Parse("10.0.0.0/8")), new(IPNetwork.Parse("2001:db8::/32"))];

    [NginxTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Random_site(int seed)
    {
        var random = new Random(seed);
        var servers = new VirtualServerTableBuilder<Server>();
        var blocks = new StringBuilder("server { listen unix:{directory}/up.sock; location / { return 200 \"$request_uri $http_x_uri $http_x_client\"; } }\n");
        var names = s_names.OrderBy(_ => random.Next()).ToList();
        for (var id = 0; names.Count > 0; id++)
        {
            var server = new Server(random, id);
            Assert.True(servers.AddServer(server, isDefault: id == 1));
            var taken = names.Take(random.Next(1, 4)).ToList();
            names.RemoveRange(0, taken.Count);
            taken.RemoveAll(name => servers.AddName(name, server) is not null);
            blocks.Append(server.Block(taken.Count == 0 ? ["unused"] : taken, isDefault: id == 1));
        }

        var table = servers.Build();
        await using var nginx = await NginxSite.StartAsync(blocks.ToString());
        for (var i = 0; i < Requests; i++)
        {
            var request = RandomRequest(random);

            var theirs = await nginx.SendAsync(request);
            var ours = Answer(table, request);

            Assert.True(theirs == ours, $"{request}\nnginx: {theirs}\nours: {ours}");
        }
    }

    private static string RandomRequest(Random random)
    {
        var path = "/" + string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => Any(random, s_paths)));
        var query = Any(random, ["", "", "?", "?x=/../y", "?a%2e"]);
        var fields = string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => $"X-Forwarded-For: {RandomList(random)}\r\n"));
        return $"GET {path}{query} HTTP/1.1\r\nHost: {Any(random, s_hosts)}\r\n{fields}Connection: close\r\n\r\n";
    }

    // nginx does not see an address right behind a comma at the very start of a list; ours does, so there is none.
    private static string RandomList(Random random) =>
        string.Join(Any(random, [", ", ",", " "]), Enumerable.Range(0, random.Next(1, 4)).Select(_ => Any(random, s_clients))).TrimStart(',', ' ');

    private static (int Status, string Location, string Body) Answer(VirtualServerTable<Server> table, string text)
    {
        var data = Encoding.Latin1.GetBytes(text);
        var head = new RequestHead();
        Assert.Equal(HeadParseStatus.Complete, new Http1RequestParser(HeadLimits.Requests).Parse(data, head).Status);
        head.Own(data);
        var buffer = new byte[head.Path.Length];
        var length = UriNormalizer.Normalize(head.Path, buffer);
        if (length < 0)
        {
            return (400, "", ErrorPage(400));
        }

        var path = buffer.AsSpan(0, length);
        var server = table.Find(head.HostName).Payload;
        var found = server.Locations.Find(path);
        if (found.Outcome == LocationOutcome.None)
        {
            return (404, "", ErrorPage(404));
        }

        if (found.Outcome == LocationOutcome.AddSlash)
        {
            var query = head.QueryRange.Length > 0 ? "?" + Encoding.ASCII.GetString(head.Query) : "";
            return (301, $"http://{Encoding.ASCII.GetString(head.HostName).ToLowerInvariant()}{Encoding.ASCII.GetString(found.RedirectPath!)}{query}", ErrorPage(301));
        }

        var connection = new DownstreamConnection { Peer = ClientAddress.Unix, Local = ClientAddress.Unix };
        var client = Encoding.ASCII.GetString(server.RealIp.Resolve(head, connection, null).Text);
        if (found.Payload!.Uri is null)
        {
            return (200, "", $"{found.Payload.Id} {Encoding.Latin1.GetString(path)} {client} {found.Captures?.ElementAtOrDefault(1)}-{found.Captures?.ElementAtOrDefault(2)}");
        }

        var target = new byte[found.Payload.Uri.MaxLength(head, path)];
        var targetLength = found.Payload.Uri.Write(head, path, target);
        return (200, "", $"{Encoding.Latin1.GetString(target, 0, targetLength)} <{Encoding.Latin1.GetString(path)}> {client}");
    }

    private static string ErrorPage(int status)
    {
        var text = status switch
        {
            301 => "301 Moved Permanently",
            400 => "400 Bad Request",
            _ => "404 Not Found",
        };
        return $"<html>\r\n<head><title>{text}</title></head>\r\n<body>\r\n<center><h1>{text}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
    }

    private static T Any<T>(Random random, T[] values) => values[random.Next(values.Length)];

    private sealed record Place(string Id, ProxyUri? Uri);

    private sealed class Server
    {
        private readonly StringBuilder _blocks = new();
        private readonly string _realIp;

        public Server(Random random, int id)
        {
            var recursive = random.Next(2) == 0;
            RealIp = new RealIp(s_trusted, "X-Forwarded-For", recursive);
            _realIp = $"set_real_ip_from unix:; set_real_ip_from 10.0.0.0/8; set_real_ip_from 2001:db8::/32; real_ip_header X-Forwarded-For; real_ip_recursive {(recursive ? "on" : "off")};";
            var builder = new LocationTableBuilder<Place>();
            foreach (var (match, pattern) in s_locations.OrderBy(_ => random.Next()).Take(random.Next(3, s_locations.Length)))
            {
                var place = $"s{id}at{_blocks.Length}";
                var isRegex = match is LocationMatch.Regex or LocationMatch.RegexIgnoreCase;
                var isProxied = !isRegex && random.Next(3) > 0;
                var uri = random.Next(3) == 0 ? null : $"/{place}/";
                Assert.Null(builder.Add(match, pattern, new Place(place, isProxied ? new ProxyUri(uri, pattern) : null), isProxied));
                var modifier = match switch
                {
                    LocationMatch.Exact => "= ",
                    LocationMatch.PrefixNoRegex => "^~ ",
                    LocationMatch.Regex => "~ ",
                    LocationMatch.RegexIgnoreCase => "~* ",
                    _ => "",
                };
                var action = isProxied
                    ? $"proxy_pass http://unix:{{directory}}/up.sock{(uri is null ? "" : ":" + uri)}; proxy_set_header X-Uri \"<$uri>\"; proxy_set_header X-Client $remote_addr;"
                    : $"return 200 \"{place} $uri $remote_addr {(isRegex ? "$1-$2" : "-")}\";";
                _blocks.AppendLine($"location {modifier}\"{pattern}\" {{ {action} }}");
            }

            Locations = builder.Build();
        }

        public LocationTable<Place> Locations { get; }

        public RealIp RealIp { get; }

        public string Block(IEnumerable<string> names, bool isDefault) =>
            $"server {{ listen unix:{{directory}}/nginx.sock{(isDefault ? " default_server" : "")}; server_name {string.Join(' ', names.Select(n => $"\"{n}\""))}; server_tokens off; {_realIp}\n{_blocks}}}\n";
    }
}
