using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>What becomes of the fields of a server's response, as far as no comparison with nginx shows it.</summary>
public sealed class ResponseFieldsTests
{
    [Theory]
    [InlineData("proxy_redirect = '~^/(a+)+\\1b$ /x'", "Location")]
    [InlineData("proxy_redirect = '~^/(a+)+\\1b$ /x'", "Refresh")]
    [InlineData("proxy_cookie_path = '~^/(a+)+\\1b$ /x'", "Set-Cookie")]
    public async Task Expression_that_takes_too_long_leaves_the_field_as_it_is_and_a_line_in_the_log(string rule, string name)
    {
        var path = $"/{new string('a', 60)}";
        var value = name switch
        {
            "Refresh" => $"5; url={path}",
            "Set-Cookie" => $"a=b; Path={path}; Secure",
            _ => path,
        };
        await using var upstream = ScriptedUpstream.Answer(_ => $"HTTP/1.1 200 OK\r\n{name}: {value}\r\nContent-Length: 0\r\n\r\n");
        await using var gateway = await TestGateway.StartAsync(upstream, location: rule);

        var response = await gateway.GetAsync("/x");

        Assert.Equal((200, value), (response.Status, response[name]));
        Assert.Contains("(a+)+", Assert.Single(gateway.Log.Named("expression-given-up")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Groups_of_an_expression_have_names_in_what_takes_the_place()
    {
        await using var upstream = ScriptedUpstream.Answer(_ => "HTTP/1.1 302 Found\r\nLocation: http://inner.example:8080/a/b\r\nSet-Cookie: a=b; Domain=x.inner.example; Path=/app/c\r\nContent-Length: 0\r\n\r\n");
        await using var gateway = await TestGateway.StartAsync(
            upstream,
            location: """
                proxy_redirect = '~^http://(?<to>[a-z]+)\.example:\d+/(?<rest>.*)$ https://$to.test/$rest'
                proxy_cookie_domain = '~^(?<label>[a-z]+)\.inner\.example$ $label.test'
                proxy_cookie_path = '~^/app(?<below>/.*)$ $below'
                """);

        var response = await gateway.GetAsync();

        Assert.Equal(("https://inner.test/a/b", "a=b; Domain=x.test; Path=/c"), (response["Location"], response["Set-Cookie"]));
    }
}
