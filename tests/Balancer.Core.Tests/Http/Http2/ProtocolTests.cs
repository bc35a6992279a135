using Balancer.TestSupport;
using Balancer.TestSupport.Http2;

namespace Balancer.Http.Http2;

/// <summary>The rules of RFC 9113 and RFC 7541 that a client can break: each answered with the error the RFC names, and nothing of it reaches the upstream server.</summary>
public sealed class ProtocolTests
{
    private static readonly ProtocolCase[] Cases = [.. FrameCases.All, .. StreamCases.All, .. FieldCases.All, .. HpackCases.All];

    public static TheoryData<string> Names => [.. Cases.Select(c => c.ToString())];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_a_client_sends_has_the_outcome_the_RFC_names(string name)
    {
        var expected = Cases.Single(c => c.ToString() == name);
        await using var upstream = ScriptedUpstream.Answer(_ => ScriptedUpstream.OkText("ok"));
        await using var holding = ScriptedUpstream.Start(async wire => await wire.ReadToEndAsync());
        await using var gateway = await TestGateway.StartAsync(HoldingGateway.Toml(upstream, holding, "http2_max_concurrent_streams = 4"));
        using var client = await Http2Wire.ConnectAsync(gateway.EndPoint, greets: !expected.IsFromStart);

        await client.TrySendAsync(expected.Bytes);
        if (expected.Later.Length > 0)
        {
            Assert.Equal(200, (await client.ReadStreamAsync(1)).Status);
            await client.TrySendAsync(expected.Later);
        }

        var outcome = await ObserveAsync(client, expected.Outcome, expected.Later.Length > 0);

        Assert.Equal(expected.Outcome, outcome);
        Assert.InRange(upstream.Requests.Count + holding.Connections, 0, expected.Passed);
        if (outcome.Kind != ProtocolOutcomeKind.Connection)
        {
            // Perhaps stream 1 is still taken.
            await client.SendAsync(Frames.Reset(1));
            var next = await client.GetAsync(9999, "/alive");
            Assert.True(next.Status == 200, $"{client.GoAway}");
        }
    }

    private static async Task<ProtocolOutcome> ObserveAsync(Http2Wire client, ProtocolOutcome expected, bool isStreamOver)
    {
        var stream = client.Stream(expected.Stream);
        var pings = client.PingAcks.Count;
        if (isStreamOver)
        {
            await client.TrySendAsync(Frames.Ping());
        }

        await client.ReadUntilAsync(() => stream.Reset is not null || client.GoAway is not null || (isStreamOver ? client.PingAcks.Count > pings : stream.IsComplete));
        if (client.GoAway is { } goAway)
        {
            client.EndSending();
            await client.ReadToEndAsync();
            return ProtocolOutcome.Connection(goAway.Error);
        }

        return client.IsClosed ? ProtocolOutcome.Connection(ErrorCode.InadequateSecurity)
            : stream.Reset is { } reset ? ProtocolOutcome.Reset(reset, expected.Stream)
            : isStreamOver ? ProtocolOutcome.Nothing
            : ProtocolOutcome.Response(stream.Status, expected.Stream);
    }
}
