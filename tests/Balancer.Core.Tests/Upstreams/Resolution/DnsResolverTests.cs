using Balancer.Infrastructure;

namespace Balancer.Upstreams.Resolution;

public class DnsResolverTests
{
    [Fact]
    public async Task Both_families_are_asked_for()
    {
        await using var server = new FakeDnsServer { OverUdp = (id, type) => [Answer(id, type)] };
        Assert.Equal(["192.0.2.1", "2001:db8::1"], await ResolveAsync(server.Address));
    }

    [Fact]
    public async Task Reply_to_another_question_is_not_taken()
    {
        await using var server = new FakeDnsServer
        {
            OverUdp = (id, type) =>
            [
                new DnsReplyBuilder((ushort)(id + 1), "app.example.com", type).Address("app.example.com", "203.0.113.66").Build(),
                new DnsReplyBuilder(id, "evil.example.com", type).Address("evil.example.com", "203.0.113.66").Build(),
                [1, 2, 3],
                Answer(id, type),
            ],
        };
        Assert.Equal(["192.0.2.1", "2001:db8::1"], await ResolveAsync(server.Address));
    }

    [Fact]
    public async Task Truncated_reply_is_asked_for_again_over_TCP()
    {
        await using var server = new FakeDnsServer
        {
            OverUdp = (id, type) => [new DnsReplyBuilder(id, "app.example.com", type, 0x8380).Build()],
            OverTcp = Answer,
        };
        Assert.Equal(["192.0.2.1", "2001:db8::1"], await ResolveAsync(server.Address));
    }

    [Fact]
    public async Task Alias_without_an_address_is_asked_for()
    {
        await using var server = new FakeDnsServer();
        server.OverUdp = (id, type) => server.Questions <= 2
            ? [new DnsReplyBuilder(id, "app.example.com", type).Alias("app.example.com", "b.example.net").Build()]
            : [new DnsReplyBuilder(id, "b.example.net", type).Address("b.example.net", type == DnsType.A ? "192.0.2.7" : "2001:db8::7").Build()];
        Assert.Equal(["192.0.2.7", "2001:db8::7"], await ResolveAsync(server.Address));
    }

    [Fact]
    public async Task No_such_name_has_no_addresses()
    {
        await using var server = new FakeDnsServer { OverUdp = (id, type) => [new DnsReplyBuilder(id, "app.example.com", type, 0x8183).Build()] };
        Assert.Empty(await ResolveAsync(server.Address));
        Assert.Equal(2, server.Questions);
    }

    [Fact]
    public async Task Server_that_refuses_or_is_not_there_is_passed_over()
    {
        await using var refusing = new FakeDnsServer { OverUdp = (id, type) => [new DnsReplyBuilder(id, "app.example.com", type, 0x8185).Build()] };
        await using var knowing = new FakeDnsServer { OverUdp = (id, type) => [Answer(id, type)] };
        Assert.Equal(["192.0.2.1", "2001:db8::1"], await ResolveAsync(refusing.Address, "127.0.0.1:1", knowing.Address));
    }

    [Fact]
    public async Task Servers_that_all_refuse_end_the_search()
    {
        await using var refusing = new FakeDnsServer { OverUdp = (id, type) => [new DnsReplyBuilder(id, "app.example.com", type, 0x8182).Build()] };
        Assert.Empty(await ResolveAsync(refusing.Address));
    }

    [Fact]
    public async Task Half_an_answer_is_none()
    {
        await using var server = new FakeDnsServer
        {
            OverUdp = (id, type) => [type == DnsType.A ? Answer(id, type) : new DnsReplyBuilder(id, "app.example.com", type, 0x8182).Build()],
        };
        Assert.Empty(await ResolveAsync(server.Address));
    }

    [Fact]
    public async Task Silent_server_is_left_for_the_next_in_time()
    {
        var time = new FakeTimeProvider();
        await using var silent = new FakeDnsServer();
        await using var knowing = new FakeDnsServer { OverUdp = (id, type) => [Answer(id, type)] };
        var bothAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        silent.Asked = () =>
        {
            if (silent.Questions == 2)
            {
                bothAsked.TrySetResult();
            }
        };
        var resolving = new DnsResolver([silent.Address, knowing.Address], time).ResolveAsync("app.example.com", CancellationToken.None);
        await bothAsked.Task;
        Assert.False(resolving.IsCompleted);
        time.Advance(DnsResolver.ReplyTimeout);
        Assert.Equal(2, (await resolving).Count);
    }

    [Fact]
    public async Task Search_ends_when_it_is_cancelled()
    {
        await using var silent = new FakeDnsServer();
        using var cancel = new CancellationTokenSource();
        silent.Asked = cancel.Cancel;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await new DnsResolver([silent.Address], TimeProvider.System).ResolveAsync("app.example.com", cancel.Token));
    }

    [Fact]
    public async Task Name_that_cannot_be_asked_for_has_no_addresses() =>
        Assert.Empty(await new DnsResolver(["127.0.0.1"], TimeProvider.System).ResolveAsync("a..b", CancellationToken.None));

    private static byte[] Answer(ushort id, DnsType type) =>
        new DnsReplyBuilder(id, "app.example.com", type).Address("app.example.com", type == DnsType.A ? "192.0.2.1" : "2001:db8::1").Build();

    private static async Task<string[]> ResolveAsync(params string[] servers)
    {
        var addresses = await new DnsResolver(servers, TimeProvider.System).ResolveAsync("app.example.com", CancellationToken.None);
        return [.. addresses.Select(address => address.ToString())];
    }
}
