using System.Text;

namespace Balancer.Routing;

public sealed class VirtualServerTableTests
{
    private static readonly VirtualServerTable<string> s_table = Build(
        "default:_",
        "exact:www.example.com",
        "dot:.example.org",
        "star:*.example.com",
        "deep:*.deep.example.com",
        "tail:www.example.*",
        "longtail:www.example.co.*",
        @"regex:~^(?<user>[a-z]+)\.users\.net$",
        @"regex2:~\.net$",
        "upper:UPPER.example.net",
        "ip:192.0.2.1",
        "ip6:[2001:db8::1]",
        "empty:");

    [Theory]
    [InlineData("www.example.com", "exact")]
    [InlineData("WWW.Example.COM", "exact")]
    [InlineData("mail.example.com", "star")]
    [InlineData("a.b.example.com", "star")]
    [InlineData("deep.example.com", "star")]
    [InlineData("x.deep.example.com", "deep")]
    [InlineData("x.y.deep.example.com", "deep")]
    [InlineData("example.com", "default")]
    [InlineData("example.org", "dot")]
    [InlineData("a.example.org", "dot")]
    [InlineData("badexample.org", "default")]
    [InlineData("www.example.net", "tail")]
    [InlineData("www.example.co", "tail")]
    [InlineData("www.example.co.uk", "longtail")]
    [InlineData("www.example", "default")]
    [InlineData("www.examples.de", "default")]
    [InlineData("anna.users.net", "regex")]
    [InlineData("ANNA.users.net", "regex")]
    [InlineData("anna1.users.net", "regex2")]
    [InlineData("upper.example.net", "upper")]
    [InlineData("192.0.2.1", "ip")]
    [InlineData("[2001:DB8::1]", "ip6")]
    [InlineData("", "empty")]
    [InlineData("_", "default")]
    [InlineData("unknown", "default")]
    public void Name_is_found_in_the_order_of_nginx(string host, string expected) => Assert.Equal(expected, Find(s_table, host).Payload);

    [Fact]
    public void Captures_of_the_name_come_with_their_names()
    {
        var result = Find(s_table, "Anna.users.net");

        Assert.Equal(["anna.users.net", "anna"], result.Captures!);
        Assert.Equal<string?[]>([null, "user"], result.CaptureNames!);
    }

    [Fact]
    public void Default_server_takes_what_no_name_fits_and_is_the_first_unless_said()
    {
        var builder = new VirtualServerTableBuilder<string>();
        Assert.True(builder.AddServer("first", isDefault: false));
        Assert.Null(builder.AddName("a", "first"));
        Assert.True(builder.AddServer("second", isDefault: true));
        Assert.Null(builder.AddName("b", "second"));
        Assert.False(builder.AddServer("third", isDefault: true));
        var table = builder.Build();

        Assert.Equal("first", Find(table, "a").Payload);
        Assert.Equal("second", Find(table, "b").Payload);
        Assert.Equal("second", Find(table, "c").Payload);
        Assert.Equal("first", Find(Build("first:a", "second:b"), "c").Payload);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("*.")]
    [InlineData(".")]
    [InlineData("www.*.com")]
    [InlineData("w*.example.com")]
    [InlineData("*.example.*")]
    [InlineData("a..b")]
    [InlineData("~(")]
    [InlineData("bücher.example")]
    public void Malformed_name_is_an_error(string name) => Assert.NotNull(new VirtualServerTableBuilder<string>().AddName(name, ""));

    [Theory]
    [InlineData("a.example", "A.example")]
    [InlineData(".example.com", "example.com")]
    [InlineData("example.com", ".example.com")]
    [InlineData("*.example.com", ".example.com")]
    [InlineData("www.*", "WWW.*")]
    public void Name_taken_twice_at_an_address_is_an_error(string first, string second)
    {
        var builder = new VirtualServerTableBuilder<string>();

        Assert.Null(builder.AddName(first, "1"));
        Assert.Contains("taken", builder.AddName(second, "2"), StringComparison.Ordinal);
    }

    [Fact]
    public void Long_host_is_looked_up_too() => Assert.Equal("star", Find(s_table, new string('a', 5000) + ".EXAMPLE.com").Payload);

    [Fact]
    public void Lookup_without_captures_does_not_allocate()
    {
        var hosts = new[] { "www.example.com", "mail.example.com", "www.example.co.uk", "unknown", "x.net" }.Select(Encoding.ASCII.GetBytes).ToArray();
        var length = 0;
        long Measure()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var host in hosts)
            {
                length += s_table.Find(host).Payload.Length;
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Measure();

        Assert.Equal(0, Measure());
        Assert.Equal(2 * "exactstarlongtaildefaultregex2".Length, length);
    }

    private static VirtualServerTable<string> Build(params string[] servers)
    {
        var builder = new VirtualServerTableBuilder<string>();
        foreach (var text in servers)
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            Assert.True(builder.AddServer(text[..colon], isDefault: false));
            Assert.Null(builder.AddName(text[(colon + 1)..], text[..colon]));
        }

        return builder.Build();
    }

    private static VirtualServerResult<string> Find(VirtualServerTable<string> table, string host) => table.Find(Encoding.ASCII.GetBytes(host));
}
