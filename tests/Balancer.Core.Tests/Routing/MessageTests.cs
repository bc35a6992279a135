using Balancer.Configuration;

namespace Balancer.Routing;

/// <summary>What the tables of routes say of faults: names in single quotes, as in every other message.</summary>
public sealed class MessageTests
{
    [Theory]
    [InlineData(LocationMatch.Exact, "/a", "duplicate location '= /a'")]
    [InlineData(LocationMatch.Prefix, "/a", "duplicate location '/a'")]
    [InlineData(LocationMatch.Regex, "(?<a>x)(?<a>y)", "two groups are named 'a'")]
    [InlineData(LocationMatch.Regex, "(?<host>x)", "the capture 'host' is named like the variable '$host', expected another name")]
    public void Location_that_cannot_be_added(LocationMatch match, string pattern, string expected)
    {
        var table = new LocationTableBuilder<int>();
        var first = table.Add(match, pattern, 1, isProxied: false);

        Assert.Equal(expected, first ?? table.Add(match, pattern, 2, isProxied: false));
    }

    [Theory]
    [InlineData("a.example", "server name 'a.example' is already taken at this address")]
    [InlineData("a*.example", "server name 'a*.example' is malformed: an asterisk stands for whole labels, at the start or at the end")]
    [InlineData("grün.example", "server name 'grün.example' is not ASCII: write it in its xn-- form")]
    public void Server_name_that_cannot_be_added(string name, string expected)
    {
        var table = new VirtualServerTableBuilder<int>();
        table.AddServer(1, isDefault: false);
        var first = table.AddName(name, 1);

        Assert.Equal(expected, first ?? table.AddName(name, 2));
    }
}
