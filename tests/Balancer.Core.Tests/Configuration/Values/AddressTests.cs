namespace Balancer.Configuration.Values;

/// <summary>Addresses of listeners and upstream servers, targets of proxy_pass, names of servers.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("10.0.2.10:3002", "10.0.2.10", 3002)]
    [InlineData("10.0.2.10", "10.0.2.10", 80)]
    [InlineData("[::1]:8080", "::1", 8080)]
    [InlineData("[2001:db8::1]", "2001:db8::1", 80)]
    [InlineData("app.example.com:81", "app.example.com", 81)]
    [InlineData("app_1", "app_1", 80)]
    [InlineData("localhost:1", "localhost", 1)]
    [InlineData("app.example.com.:65535", "app.example.com.", 65535)]
    public void Upstream_addresses_are_read(string text, string host, int port)
    {
        Assert.True(UpstreamAddress.TryParse(text, out var address, out _));
        Assert.Equal((text, host, port, null), (address.Text, address.Host, address.Port, address.UnixPath));
    }

    [Fact]
    public void Upstream_unix_sockets_are_read()
    {
        Assert.True(UpstreamAddress.TryParse("unix:/run/app:1.sock", out var address, out _));
        Assert.Equal((null, 0, "/run/app:1.sock"), (address.Host, address.Port, address.UnixPath));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData("10.0.2.10:")]
    [InlineData("10.0.2.10:0")]
    [InlineData("10.0.2.10:65536")]
    [InlineData("10.0.2.10:080000")]
    [InlineData("10.0.2.10:8o")]
    [InlineData("10.0.2.10:-1")]
    [InlineData("10.0.2")]
    [InlineData("10.0.2.256")]
    [InlineData("010.0.2.1")]
    [InlineData("0x0a.0.0.1")]
    [InlineData("2001:db8::1")]
    [InlineData("[2001:db8::1")]
    [InlineData("[10.0.0.1]:80")]
    [InlineData("[]:80")]
    [InlineData("[::1]80")]
    [InlineData("a..b")]
    [InlineData("-a.b")]
    [InlineData("a/b")]
    [InlineData("http://a")]
    [InlineData("ä.example.com")]
    [InlineData("unix:")]
    [InlineData("unix:a")]
    [InlineData("a b")]
    public void Other_upstream_addresses_are_refused(string text)
    {
        // 0x0a.0.0.1 is a well-formed DNS name; it is looked up, never taken for a number.
        if (text == "0x0a.0.0.1")
        {
            Assert.True(UpstreamAddress.TryParse(text, out var name, out _) && name.NeedsLookup);
            return;
        }

        Assert.False(UpstreamAddress.TryParse(text, out _, out var error));
        Assert.NotEmpty(error);
    }

    [Theory]
    [InlineData("80", "0.0.0.0:80")]
    [InlineData("0", "0.0.0.0:0")]
    [InlineData("*:8080", "0.0.0.0:8080")]
    [InlineData("*", "0.0.0.0:80")]
    [InlineData("127.0.0.1", "127.0.0.1:80")]
    [InlineData("127.0.0.1:8080", "127.0.0.1:8080")]
    [InlineData("localhost:8080", "127.0.0.1:8080")]
    [InlineData("[::]:80", "[::]:80")]
    [InlineData("[::1]", "[::1]:80")]
    [InlineData("[2001:DB8::1]:443", "[2001:db8::1]:443")]
    [InlineData("unix:/run/x.sock", "unix:/run/x.sock")]
    public void Listen_addresses_are_read_and_written(string text, string expected)
    {
        Assert.True(ListenAddress.TryParse(text, out var endPoint, out _));
        Assert.Equal(expected, ListenAddress.Format(endPoint));
        Assert.True(ListenAddress.TryParse(expected, out var again, out _));
        Assert.Equal(expected, ListenAddress.Format(again));
    }

    [Theory]
    [InlineData("")]
    [InlineData("65536")]
    [InlineData("8000-8010")]
    [InlineData("127.0.0.1:8000-8010")]
    [InlineData(":80")]
    [InlineData("::80")]
    [InlineData("::1:80")]
    [InlineData("[::1")]
    [InlineData("example.com:80")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:http")]
    [InlineData("999999999999")]
    [InlineData("unix:")]
    [InlineData("unix:x")]
    public void Other_listen_addresses_are_refused(string text)
    {
        Assert.False(ListenAddress.TryParse(text, out _, out var error));
        Assert.NotEmpty(error);
    }

    [Theory]
    [InlineData("http://app", "app", null)]
    [InlineData("HTTP://app", "app", null)]
    [InlineData("http://app/", "app", "/")]
    [InlineData("http://app:8080/x?y=$arg_y", "app:8080", "/x?y=$arg_y")]
    [InlineData("http://app?x", "app", "?x")]
    [InlineData("http://app$request_uri", "app", "$request_uri")]
    [InlineData("http://[::1]:8080/x", "[::1]:8080", "/x")]
    [InlineData("http://unix:/run/x.sock", "unix:/run/x.sock", null)]
    [InlineData("http://unix:/run/x.sock:/uri/", "unix:/run/x.sock", "/uri/")]
    [InlineData("http://unix:/run/x.sock:", "unix:/run/x.sock", null)]
    public void Targets_of_proxy_pass_are_read(string text, string address, string? uri)
    {
        Assert.True(ProxyPassTarget.TryParse(text, out var target, out _, out _));
        Assert.Equal((address, uri), (target.Address.Text, target.Uri));
    }

    [Theory]
    [InlineData("grpc://app", "app", false, 80)]
    [InlineData("app", "app", false, 80)]
    [InlineData("app:50051", "app:50051", false, 50051)]
    [InlineData("[::1]:50051", "[::1]:50051", false, 50051)]
    [InlineData("grpcs://app", "app", true, 443)]
    [InlineData("GRPCS://10.0.0.1:8443", "10.0.0.1:8443", true, 8443)]
    [InlineData("grpc://unix:/run/x.sock", "unix:/run/x.sock", false, 0)]
    [InlineData("unix:/run/x.sock", "unix:/run/x.sock", false, 0)]
    public void Targets_of_grpc_pass_are_read(string text, string address, bool isTls, int port)
    {
        Assert.True(ProxyPassTarget.TryParseGrpc(text, out var target, out _, out _));
        Assert.Equal((address, isTls, port, null), (target.Address.Text, target.IsTls, target.Address.Port, target.Uri));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("http://app", 0)]
    [InlineData("grpc://", 7)]
    [InlineData("grpc://app/", 10)]
    [InlineData("app?a", 3)]
    [InlineData("grpcs://$host", 8)]
    [InlineData("grpc://user@app", 7)]
    [InlineData("grpc://unix:/x:/y", 14)]
    public void What_is_no_target_of_grpc_pass_is_refused_where_it_is_wrong(string text, int index)
    {
        Assert.False(ProxyPassTarget.TryParseGrpc(text, out _, out var error, out var errorIndex));
        Assert.NotEmpty(error);
        Assert.Equal(index, errorIndex);
    }

    [Theory]
    [InlineData("http://app", false, 80)]
    [InlineData("https://app", true, 443)]
    [InlineData("HTTPS://app/x", true, 443)]
    [InlineData("https://app:8443", true, 8443)]
    public void Https_is_tls_on_port_443_unless_another_is_named(string text, bool isTls, int port)
    {
        Assert.True(ProxyPassTarget.TryParse(text, out var target, out _, out _));
        Assert.Equal((isTls, port), (target.IsTls, target.Address.Port));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("app", 0)]
    [InlineData("https://", 8)]
    [InlineData("ftp://app", 0)]
    [InlineData("http:/app", 0)]
    [InlineData("http://", 7)]
    [InlineData("http:///x", 7)]
    [InlineData("http://$host", 7)]
    [InlineData("http://app$host", 7)]
    [InlineData("http://a:b@app", 7)]
    [InlineData("http://app:99999", 7)]
    [InlineData("http://app/ä", 11)]
    [InlineData("http://app/#a", 11)]
    [InlineData("http://unix:/x:y", 15)]
    public void Other_targets_are_refused_where_they_are_wrong(string text, int index)
    {
        Assert.False(ProxyPassTarget.TryParse(text, out _, out var error, out var errorIndex));
        Assert.NotEmpty(error);
        Assert.Equal(index, errorIndex);
    }

    [Theory]
    [InlineData("")]
    [InlineData("_")]
    [InlineData("example.com")]
    [InlineData("EXAMPLE.com")]
    [InlineData("*.example.com")]
    [InlineData(".example.com")]
    [InlineData("www.example.*")]
    [InlineData("10.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("::1")]
    [InlineData("localhost")]
    public void Server_names_are_accepted(string name)
    {
        Assert.Null(ServerNameSyntax.Check(name));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("a.*.b")]
    [InlineData("*a.b")]
    [InlineData("a.b*")]
    [InlineData("*.*.b")]
    [InlineData("*.a.*")]
    [InlineData("a:80")]
    [InlineData("http://a")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a..b")]
    public void Other_server_names_are_refused(string name)
    {
        Assert.NotNull(ServerNameSyntax.Check(name));
    }

    [Fact]
    public void Any_text_is_read_or_refused()
    {
        var random = new Random(4);
        var parts = new[] { "http://", "unix:", "/", ":", "[", "]", "::", ".", "10", "a", "-", "$", "*", "80", " ", "ä", "~", "=", "^~", "(", ")", "?", "#", "@", "\0" };
        for (var i = 0; i < 30_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => parts[random.Next(parts.Length)]));
            Assert.True(UpstreamAddress.TryParse(text, out _, out var error) || error.Length > 0);
            Assert.True(ListenAddress.TryParse(text, out _, out error) || error.Length > 0);
            Assert.True(ProxyPassTarget.TryParse(text, out _, out error, out var index) || (error.Length > 0 && index >= 0 && index <= text.Length));
            Assert.True(LocationPath.TryParse(text, out _, out error) || error.Length > 0);
            ServerNameSyntax.Check(text);
        }
    }
}
