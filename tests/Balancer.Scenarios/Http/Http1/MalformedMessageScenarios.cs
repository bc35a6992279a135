using Balancer.Harness;

namespace Balancer.Http.Http1;

/// <summary>The tables of malformed and smuggling messages, through a running gateway: the status of the table, a closed connection, and not a byte on the other side.</summary>
public sealed class MalformedMessageScenarios(MalformedMessageScenarios.Fixture fixture) : IClassFixture<MalformedMessageScenarios.Fixture>
{
    public sealed class Fixture : GatewayFixture
    {
        protected override string Toml => $"""
            client_header_timeout = "5s"

            [upstream.pool]
            server = ["{Upstream.Address}"]

            [[server]]
            listen = "127.0.0.1:{Port}"
            proxy_read_timeout = "5s"

              [[server.location]]
              path = "/"
              proxy_pass = "http://pool"
            """;
    }

    public static TheoryData<string> RequestNames => [.. MalformedRequests.All.Select(r => r.Name)];

    public static TheoryData<string> ResponseNames => [.. MalformedResponses.All.Select(r => r.Name)];

    public static TheoryData<string> ChunkedBodyNames => [.. MalformedChunkedBodies.All.Select(b => b.Name)];

    [Theory]
    [MemberData(nameof(RequestNames))]
    public async Task Request_is_refused_and_reaches_no_upstream(string name)
    {
        var row = MalformedRequests.Get(name);
        var received = fixture.Upstream.BytesReceived;
        await using var client = await fixture.ConnectAsync();
        await client.TrySendAsync(System.Text.Encoding.Latin1.GetBytes(row.Text));
        var answer = await client.ReadToEndAsync();
        Assert.StartsWith($"HTTP/1.1 {row.Status} ", answer, StringComparison.Ordinal);
        Assert.Equal(1, Occurrences(answer, "HTTP/1.1 "));
        Assert.Equal(received, fixture.Upstream.BytesReceived);
    }

    [Theory]
    [MemberData(nameof(RequestNames))]
    public async Task Request_is_refused_when_it_follows_a_good_one_in_the_same_packet(string name)
    {
        var row = MalformedRequests.Get(name);
        var received = fixture.Upstream.RequestsFor("/good").Length;
        var all = fixture.Upstream.Requests.Length;
        await using var client = await fixture.ConnectAsync();
        await client.TrySendAsync(System.Text.Encoding.Latin1.GetBytes("GET /good HTTP/1.1\r\nHost: a\r\n\r\n" + row.Text));
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        Assert.StartsWith($"HTTP/1.1 {row.Status} ", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal((received + 1, all + 1), (fixture.Upstream.RequestsFor("/good").Length, fixture.Upstream.Requests.Length));
    }

    [Theory]
    [MemberData(nameof(ChunkedBodyNames))]
    public async Task Chunked_request_body_is_refused_and_never_complete_upstream(string name)
    {
        var row = MalformedChunkedBodies.Get(name);
        var before = fixture.Upstream.Requests.Length;
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("POST /chunked HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        await client.TrySendAsync(System.Text.Encoding.Latin1.GetBytes(row.Text));
        Assert.StartsWith("HTTP/1.1 400 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
        foreach (var request in fixture.Upstream.Requests[before..])
        {
            await request.Body.WaitAsync(Deadline.Default);
            Assert.False(request.BodyComplete, request.Connection.ReceivedText);
        }
    }

    [Theory]
    [MemberData(nameof(ResponseNames))]
    public async Task Response_is_502_and_its_connection_is_not_used_again(string name)
    {
        var row = MalformedResponses.Get(name);
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Upstream.On("/response", async x =>
        {
            await x.SendAsync(row.Text);
            await over.Task;
        });
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("GET /response HTTP/1.1\r\nHost: a\r\n\r\n");
        var response = await client.ReadResponseAsync();
        over.SetResult();
        Assert.Equal(502, response.Status);
        await client.SendAsync("GET /good HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("ok", (await client.ReadResponseAsync()).BodyText);
    }

    [Theory]
    [MemberData(nameof(ChunkedBodyNames))]
    public async Task Chunked_response_body_is_cut_off_where_it_breaks(string name)
    {
        var row = MalformedChunkedBodies.Get(name);
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Upstream.On("/chunked-response", async x =>
        {
            await x.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + row.Text);
            await over.Task;
        });
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("GET /chunked-response HTTP/1.1\r\nHost: a\r\n\r\n");
        RawResponse? response = null;
        try
        {
            response = await client.ReadResponseAsync();
        }
        catch (EndOfStreamException)
        {
            // Cut off before the head: as clear.
        }

        over.SetResult();
        Assert.True(response is null || response.Status == 502 || !response.Complete, $"{response}");
    }

    private static int Occurrences(string text, string part) => (text.Length - text.Replace(part, "", StringComparison.Ordinal).Length) / part.Length;
}
