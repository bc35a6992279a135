using static Balancer.TestSupport.ConfigurationText;

namespace Balancer.Configuration;

/// <summary>Names and values of add_header and proxy_set_header.</summary>
public sealed class HeaderFieldTests
{
    [Fact]
    public void An_empty_Connection_may_be_kept_from_an_nginx_file()
    {
        var fields = LoadGood("[[server]]\nproxy_set_header = ['Connection \"\"', 'Host $host']").Servers[0].Settings.ProxySetHeaders!;

        Assert.Equal(["Connection=", "Host=$host"], fields.Select(f => $"{f.Key}={f.Value}"));
    }

    [Theory]
    [InlineData("proxy_set_header", "Connection", "upgrade")]
    [InlineData("proxy_set_header", "upgrade", "$http_upgrade")]
    [InlineData("proxy_set_header", "Transfer-Encoding", "")]
    [InlineData("proxy_set_header", "Content-Length", "0")]
    [InlineData("proxy_set_header", "TE", "trailers")]
    [InlineData("proxy_set_header", "Expect", "")]
    [InlineData("add_header", "Connection", "")]
    [InlineData("add_header", "Content-Length", "0")]
    public void Fields_of_the_connection_are_refused(string key, string name, string value)
    {
        Assert.Contains($"'{name}' is set by balancerd itself", Faults($"[[server]]\n{key} = {{ {name} = \"{value}\" }}"));
    }

    [Theory]
    [InlineData("X-A\\r\\nB", "2:16: add_header: found")]
    [InlineData("X A", "2:16: add_header: found 'X A', expected the name of a header field")]
    [InlineData("", "2:16: add_header: found '', expected the name of a header field")]
    [InlineData("X:", "2:16: add_header: found 'X:', expected the name of a header field")]
    [InlineData("Ä", "2:16: add_header: found 'Ä', expected the name of a header field")]
    public void Names_that_are_no_tokens_are_refused(string name, string fault)
    {
        Assert.StartsWith(fault, Faults($"[[server]]\nadd_header = {{ \"{name}\" = \"1\" }}"));
    }

    [Theory]
    [InlineData("\\r\\nSet-Cookie: x", "2:23: add_header: the value of 'X-A' holds the control character U+000D")]
    [InlineData("a\\u0000", "2:24: add_header: the value of 'X-A' holds the control character U+0000")]
    [InlineData("a\\u007F", "2:24: add_header: the value of 'X-A' holds the control character U+007F")]
    public void Values_that_could_split_a_message_are_refused(string value, string fault)
    {
        Assert.Equal(fault, Faults($"[[server]]\nadd_header = {{ X-A = \"{value}\" }}"));
    }

    [Theory]
    [InlineData("a\\tb")]
    [InlineData("")]
    [InlineData("ü")]
    [InlineData("max-age=1; includeSubDomains")]
    public void Other_values_are_taken(string value)
    {
        LoadGood($"[[server]]\nadd_header = {{ X-A = \"{value}\" }}");
    }
}
