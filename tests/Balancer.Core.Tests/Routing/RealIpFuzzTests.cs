using System.Net;
using System.Text;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Http.Http1;

namespace Balancer.Routing;

/// <summary>Random chains of proxies, beside a plain reading of the list from the right.</summary>
public sealed class RealIpFuzzTests
{
    private static readonly string[] Addresses = ["10.0.0.1", "10.9.9.9", "1.2.3.4", "5.6.7.8", "[2001:db8::1]", "2001:db8::2", "1.2.3.4:80", "[2001:db8::1]:443", "unknown", "", "1.2.3", "::ffff:10.0.0.3", "1.2.3.4:0"];

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Chains(int seed, bool recursive)
    {
        var random = new Random(seed);
        var realIp = new RealIp([new TrustedAddressConfig(IPNetwork.Parse("10.0.0.0/8"))], "X-Forwarded-For", recursive);
        var peer = new DownstreamConnection { Peer = new ClientAddress(IPAddress.Parse("10.0.0.7"), 7), Local = ClientAddress.Unix };
        for (var i = 0; i < 20_000; i++)
        {
            var lines = Enumerable.Range(0, random.Next(4)).Select(_ => string.Join(random.Next(3) == 0 ? "," : ", ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => Addresses[random.Next(Addresses.Length)]))).ToList();
            var client = realIp.Resolve(Head(lines), peer, null);

            Assert.Equal(Expected(lines, recursive), client.ToString());
        }
    }

    [Fact]
    public void Any_text_is_an_address_or_none()
    {
        var random = new Random(3);
        const string Alphabet = "0123456789abf.:[]% ,";
        for (var i = 0; i < 100_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(14)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            if (ForwardedAddress.TryParse(Encoding.ASCII.GetBytes(text), out var address))
            {
                Assert.Contains(address.Binary.Length, new[] { 4, 16 });
                Assert.True(IPEndPoint.TryParse(text, out _), text);
            }
        }
    }

    private static string Expected(List<string> lines, bool recursive)
    {
        // Blanks and commas of any number stand between two entries, but before the first one they are an entry that cannot be read, which ends the search.
        var entries = new Stack<string>();
        foreach (var line in lines)
        {
            var parts = line.Trim(' ', ',').Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0 || line[0] == ',')
            {
                entries.Push("");
            }

            Array.ForEach(parts, entries.Push);
        }

        var found = "10.0.0.7";
        while (entries.TryPop(out var entry) && (found == "10.0.0.7" || (recursive && found.StartsWith("10.", StringComparison.Ordinal))))
        {
            if (Read(entry) is not { } address)
            {
                break;
            }

            found = address;
            if (!recursive)
            {
                break;
            }
        }

        return found;
    }

    private static string? Read(string entry) => entry switch
    {
        "unknown" or "" or "1.2.3" or "1.2.3.4:0" => null,
        "1.2.3.4:80" => "1.2.3.4",
        "[2001:db8::1]" or "[2001:db8::1]:443" => "2001:db8::1",
        "::ffff:10.0.0.3" => "10.0.0.3",
        _ => entry,
    };

    private static RequestHead Head(List<string> lines)
    {
        var data = Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: h\r\n{string.Concat(lines.Select(line => $"X-Forwarded-For: {line}\r\n"))}\r\n");
        var head = new RequestHead();
        Assert.Equal(HeadParseStatus.Complete, new Http1RequestParser(HeadLimits.Requests).Parse(data, head).Status);
        head.Own(data);
        return head;
    }
}
