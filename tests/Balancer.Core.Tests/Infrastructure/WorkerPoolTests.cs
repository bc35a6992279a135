namespace Balancer.Infrastructure;

public class WorkerPoolTests
{
    [Fact]
    public void What_was_returned_last_is_rented_first()
    {
        var first = WorkerPool<One>.Rent();
        var second = WorkerPool<One>.Rent();
        WorkerPool<One>.Return(first);
        WorkerPool<One>.Return(second);

        Assert.Same(second, WorkerPool<One>.Rent());
        Assert.Same(first, WorkerPool<One>.Rent());
    }

    [Fact]
    public async Task Nothing_is_rented_to_two_at_a_time()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            var mine = new Queue<Two>();
            for (var i = 0; i < 20_000; i++)
            {
                if (mine.Count < 200 && (mine.Count == 0 || random.Next(100) < 55))
                {
                    var item = WorkerPool<Two>.Rent();
                    Assert.Equal(0, Interlocked.Exchange(ref item.Users, 1));
                    mine.Enqueue(item);
                }
                else
                {
                    var item = mine.Dequeue();
                    Assert.Equal(1, Interlocked.Exchange(ref item.Users, 0));
                    WorkerPool<Two>.Return(item);
                }

                if (i % 500 == 0)
                {
                    // Goes on on another thread.
                    await Task.Yield();
                }
            }
        })));
    }

    [Fact]
    public void What_one_thread_returns_another_finds()
    {
        var made = new HashSet<Three>();
        Run(() =>
        {
            // Far more than a thread keeps for itself.
            var items = Enumerable.Range(0, 1_000).Select(_ => WorkerPool<Three>.Rent()).ToList();
            made.UnionWith(items);
            items.ForEach(WorkerPool<Three>.Return);
        });
        var found = 0;

        Run(() => found = Enumerable.Range(0, 900).Select(_ => WorkerPool<Three>.Rent()).Count(made.Contains));

        Assert.InRange(found, 800, 900);
    }

    private static void Run(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        thread.Join();
    }

    private sealed class One;

    private sealed class Two
    {
        public int Users;
    }

    private sealed class Three;
}
