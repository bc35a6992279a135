using Balancer.Access;
using Balancer.TestSupport;
using Balancer.TestSupport.Http2;

namespace Balancer.Proxy;

/// <summary>No way of writing a path or a host gets past a <c>deny</c>, and what is matched is what is passed on.</summary>
public sealed class AccessPathTests
{
    [Fact]
    public async Task Over_HTTP_1()
    {
        await using var upstream = Echo();
        await using var gateway = await StartAsync(upstream);
        var wrong = new List<string>();
        foreach (var item in PathCases.All)
        {
            var response = await gateway.SendAsync($"GET {item.Target} HTTP/1.1\r\nHost: {item.Host}\r\nConnection: close\r\n\r\n");
            Check(item, response.Status, response.Text, wrong);
        }

        Assert.Empty(wrong);
        Assert.True(PathCases.All.Count >= 60);
    }

    [Fact]
    public async Task Over_HTTP_2()
    {
        await using var upstream = Echo();
        await using var gateway = await StartAsync(upstream);
        var wrong = new List<string>();
        foreach (var item in PathCases.All.Where(item => item.IsPath))
        {
            using var client = await Http2Wire.ConnectAsync(gateway.EndPoint);
            await client.SendAsync(Frames.Headers(1, true, (":method", "GET"), (":scheme", "http"), (":authority", item.Host), (":path", item.Target)));
            var response = await client.ReadStreamAsync(1);

            // A stream or connection ended with an error is a refusal too; and a port may not be empty there.
            var status = response.IsComplete && response.Reset is null ? response.Status : 400;
            Check(item.Host.EndsWith(':') ? item with { Status = 400 } : item, status, response.Text, wrong);
        }

        Assert.Empty(wrong);
    }

    private static ScriptedUpstream Echo() => ScriptedUpstream.Answer(request => ScriptedUpstream.OkText(request.FirstLine.Split(' ')[1]));

    private static Task<TestGateway> StartAsync(ScriptedUpstream upstream) =>
        TestGateway.StartAsync("http2 = true\n" + PathCases.Toml.Replace("UPSTREAM", upstream.Address).Replace("PORT", "0"));

    private static void Check(PathCase item, int status, string text, List<string> wrong)
    {
        if (status != item.Status || (status == 200 && text != (item.Seen ?? item.Target)))
        {
            wrong.Add($"{item}: {status} {(status == 200 ? text : "")}");
        }
    }
}
