using System.Runtime.CompilerServices;

namespace Balancer.Infrastructure;

public class PooledValueTaskMethodBuilderTests
{
    [Fact]
    public async Task A_call_that_completes_at_once_gives_its_result()
    {
        var call = AddAsync(Task.FromResult(1), 2);

        Assert.True(call.IsCompletedSuccessfully);
        Assert.Equal(3, await call);
    }

    [Fact]
    public async Task A_call_that_suspends_gives_its_result_to_who_awaits_it_before_and_after()
    {
        var source = new TaskCompletionSource<int>();
        var before = AddAsync(source.Task, 2);
        var after = AddAsync(source.Task, 3);
        var waiting = Task.Run(async () => await before);
        source.SetResult(1);

        Assert.Equal(3, await waiting);
        Assert.Equal(4, await after);
    }

    [Fact]
    public async Task An_exception_reaches_who_awaits_the_call_whenever_it_is_thrown()
    {
        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await ThrowAsync(Task.CompletedTask));
        var source = new TaskCompletionSource();
        var late = ThrowAsync(source.Task);
        source.SetResult();
        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await late);
    }

    [Fact]
    public async Task A_call_cannot_be_awaited_twice()
    {
        var source = new TaskCompletionSource<int>();
        var call = AddAsync(source.Task, 2);
        source.SetResult(1);
        Assert.Equal(3, await call);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await call);
    }

    [Fact]
    public async Task Many_calls_at_once_keep_their_results_apart()
    {
        var sums = await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var sum = 0L;
            for (var i = 0; i < 5_000; i++)
            {
                sum += await NestedAsync(i, worker);
            }

            return sum;
        })));

        Assert.All(sums, (sum, worker) => Assert.Equal(Enumerable.Range(0, 5_000).Sum(i => (long)i + worker + 1), sum));
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private static async ValueTask<int> AddAsync(Task<int> left, int right) => await left + right;

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private static async ValueTask<int> ThrowAsync(Task when)
    {
        await when;
        throw new InvalidTimeZoneException("expected");
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private static async ValueTask<int> NestedAsync(int left, int right)
    {
        if (left % 3 == 0)
        {
            await Task.Yield();
        }

        var inner = await InnerAsync(left);
        if (left % 7 == 0)
        {
            await Task.Yield();
        }

        return inner + right;
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private static async ValueTask<int> InnerAsync(int value)
    {
        if (value % 2 == 0)
        {
            await Task.Yield();
        }

        return value + 1;
    }
}
