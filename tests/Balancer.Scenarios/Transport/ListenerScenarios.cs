using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Balancer.Harness;

namespace Balancer.Transport;

/// <summary>Addresses other than IPv4, and the PROXY protocol in both directions.</summary>
public sealed class ListenerScenarios(ListenerScenarios.Fixture fixture) : IClassFixture<ListenerScenarios.Fixture>
{
    public sealed class Fixture : GatewayFixture
    {
        private readonly TempDirectory _sockets = new();

        internal int ProxiedPort { get; } = Ports.Next();

        internal string ListenPath => _sockets.File("listen.sock");

        internal TestUpstream UnixUpstream { get; private set; } = null!;

        internal TestUpstream Ipv6Upstream { get; } = TestUpstream.Start(new IPEndPoint(IPAddress.IPv6Loopback, 0));

        internal TestUpstream Told { get; } = TestUpstream.Start();

        protected override string Toml => $$"""
            [upstream.pool]
            server = ["{{Upstream.Address}}"]

            [upstream.unix]
            server = ["{{UnixUpstream.Address}}"]

            [upstream.ipv6]
            server = ["{{Ipv6Upstream.Address}}"]

            [upstream.named]
            server = ["localhost:{{Upstream.Port}}"]

            [upstream.told]
            keepalive = 0
            server = ["{{Told.Address}}"]

            [[server]]
            listen = ["127.0.0.1:{{Port}}", "[::1]:{{Port}}", "unix:{{ListenPath}}"]
            add_header = { X-Client = "$remote_addr" }

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"

              [[server.location]]
              path = "/unix"
              proxy_pass = "http://unix"

              [[server.location]]
              path = "/ipv6"
              proxy_pass = "http://ipv6"

              [[server.location]]
              path = "/named"
              proxy_pass = "http://named"

              [[server.location]]
              path = "/told/1"
              proxy_pass = "http://told"
              proxy_protocol = true

              [[server.location]]
              path = "/told/2"
              proxy_pass = "http://told"
              proxy_protocol = 2

            [[server]]
            listen = "127.0.0.1:{{ProxiedPort}} proxy_protocol"
            set_real_ip_from = ["127.0.0.1"]
            real_ip_header = "proxy_protocol"
            add_header = { X-Client = "$remote_addr:$remote_port", X-Proxy = "$proxy_protocol_addr" }
            client_header_timeout = "2s"

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"
            """;

        public override async Task InitializeAsync()
        {
            UnixUpstream = TestUpstream.Start(new UnixDomainSocketEndPoint(_sockets.File("upstream.sock")));
            Told.OnConnection = async c =>
            {
                // What precedes the request: a text line, or a binary header whose length stands in it.
                var start = await c.Reader.ReadExactlyAsync(6);
                if (start[0] == (byte)'P')
                {
                    var line = new List<byte>(start);
                    while (line[^1] != '\n')
                    {
                        line.AddRange(await c.Reader.ReadExactlyAsync(1));
                    }
                }
                else
                {
                    var rest = await c.Reader.ReadExactlyAsync(10);
                    await c.Reader.ReadExactlyAsync(BinaryPrimitives.ReadUInt16BigEndian(rest.AsSpan(8)));
                }
            };
            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await UnixUpstream.DisposeAsync();
            await Ipv6Upstream.DisposeAsync();
            await Told.DisposeAsync();
            _sockets.Dispose();
        }
    }

    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    private static byte[] Signature => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    [Theory]
    [InlineData("/unix")]
    [InlineData("/ipv6")]
    [InlineData("/named")]
    public async Task Upstream_server_may_be_a_unix_socket_an_ipv6_address_or_a_name(string path)
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal((200, "ok"), await fixture.GetAsync(path) is var r ? (r.Status, r.BodyText) : default);
        }
    }

    [Fact]
    public async Task Listener_may_be_an_ipv6_address()
    {
        await using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.IPv6Loopback, fixture.Port));
        await client.SendAsync(Get.Replace("/ ", "/from-ipv6 ", StringComparison.Ordinal));
        Assert.Equal("::1", (await client.ReadResponseAsync())["X-Client"]);
        Assert.Equal("::1", (await fixture.Upstream.WaitForRequestAsync("/from-ipv6"))["X-Real-IP"]);
    }

    [Fact]
    public async Task Listener_may_be_a_unix_socket()
    {
        await using var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(fixture.ListenPath));
        await client.SendAsync(Get);
        Assert.Equal((200, "unix:"), await client.ReadResponseAsync() is var r ? (r.Status, r["X-Client"]) : default);
    }

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 5678 80\r\n", "192.0.2.1:5678")]
    [InlineData("PROXY TCP6 2001:db8::1 2001:db8::2 5678 80\r\n", "2001:db8::1:5678")]
    [InlineData("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535")]
    public async Task Text_header_tells_the_client(string header, string client)
    {
        var response = await RawClient.SendOnceAsync(fixture.ProxiedPort, header + Get);
        Assert.Equal((200, client), (response.Status, response["X-Client"]));
    }

    [Fact]
    public async Task Unknown_text_header_keeps_the_address_of_the_connection()
    {
        var response = await RawClient.SendOnceAsync(fixture.ProxiedPort, "PROXY UNKNOWN\r\n" + Get);
        Assert.StartsWith("127.0.0.1:", response["X-Client"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Binary_header_tells_the_client(bool extensions)
    {
        byte[] addresses = [192, 0, 2, 1, 198, 51, 100, 2, 0x16, 0x2E, 0, 80];
        byte[] tlv = extensions ? [0x01, 0x00, 0x02, (byte)'h', (byte)'2', 0x04, 0x00, 0x01, 0x00] : [];
        byte[] header = [.. Signature, 0x21, 0x11, 0, (byte)(addresses.Length + tlv.Length), .. addresses, .. tlv];
        await using var client = await RawClient.ConnectAsync(fixture.ProxiedPort);
        foreach (var b in header)
        {
            await client.SendAsync(new[] { b });
        }

        await client.SendAsync(Get);
        Assert.Equal("192.0.2.1:5678", (await client.ReadResponseAsync())["X-Client"]);
    }

    [Fact]
    public async Task Local_binary_header_keeps_the_address_of_the_connection()
    {
        await using var client = await RawClient.ConnectAsync(fixture.ProxiedPort);
        await client.SendAsync((byte[])[.. Signature, 0x20, 0x00, 0, 0]);
        await client.SendAsync(Get);
        Assert.StartsWith("127.0.0.1:", (await client.ReadResponseAsync())["X-Client"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 5678\r\n")]
    [InlineData("PROXY TCP4 192.0.2.256 198.51.100.2 5678 80\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 5678 99999\r\n")]
    [InlineData("PROXY TCP9 192.0.2.1 198.51.100.2 5678 80\r\n")]
    [InlineData("proxy TCP4 192.0.2.1 198.51.100.2 5678 80\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 5678 80 and then a line that is much longer than the one hundred and seven bytes a header may have\r\n")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\x31\x11\0\x0c............")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x04....")]
    public async Task Connection_without_a_proper_header_is_closed_and_reaches_no_upstream(string start)
    {
        var before = fixture.Upstream.Requests.Length;
        await using var client = await RawClient.ConnectAsync(fixture.ProxiedPort);
        await client.TrySendAsync(System.Text.Encoding.Latin1.GetBytes(start + Get));
        var answer = await client.ReadToEndAsync();
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), answer);
        Assert.Equal(before, fixture.Upstream.Requests.Length);
    }

    [Fact]
    public async Task Header_that_never_comes_is_timed_out()
    {
        await using var client = await RawClient.ConnectAsync(fixture.ProxiedPort);
        await client.SendAsync("PROXY TCP4 192.0.2.1");
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Upstream_server_is_told_the_client_in_a_text_header()
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("GET /told/1 HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        var request = await fixture.Told.WaitForRequestAsync("/told/1");
        Assert.StartsWith($"PROXY TCP4 127.0.0.1 127.0.0.1 {((IPEndPoint)client.LocalEndPoint).Port} {fixture.Port}\r\nGET /told/1 ", request.Connection.ReceivedText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upstream_server_is_told_the_client_in_a_binary_header()
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("GET /told/2 HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        var request = await fixture.Told.WaitForRequestAsync("/told/2");
        var bytes = System.Text.Encoding.Latin1.GetBytes(request.Connection.ReceivedText);
        Assert.Equal([.. Signature, 0x21, 0x11], bytes[..14]);
        Assert.Equal([127, 0, 0, 1, 127, 0, 0, 1], bytes[16..24]);
        Assert.Equal(((IPEndPoint)client.LocalEndPoint).Port, BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(24)));
        Assert.Equal(fixture.Port, BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(26)));
    }
}
