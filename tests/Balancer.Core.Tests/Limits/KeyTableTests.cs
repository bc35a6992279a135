using System.Text;

namespace Balancer.Limits;

public sealed class KeyTableTests
{
    [Fact]
    public void A_block_has_the_size_that_is_documented() => Assert.Equal(KeyBlock.Size, System.Runtime.CompilerServices.Unsafe.SizeOf<KeyBlock>());

    [Theory]
    [InlineData(1024)]
    [InlineData(16 * 1024)]
    [InlineData(100_000)]
    [InlineData(1 << 20)]
    public void A_table_occupies_what_it_may_and_hardly_less(long bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var table = new KeyTable(bytes);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(table.Bytes, bytes * 9 / 10, bytes);
        Assert.InRange(allocated, bytes * 8 / 10, bytes);
    }

    [Fact]
    public void Addresses_take_one_block_each()
    {
        var table = new KeyTable(1 << 20);
        var count = 0;
        while (table.HasRoomFor(16))
        {
            table.Add(Encoding.ASCII.GetBytes($"{count,16}"), (ulong)count++);
        }

        Assert.InRange(count, 19_500, (1 << 20) / KeyBlock.Size);
        Assert.Equal(count, table.Count);
        Assert.Equal(count * KeyBlock.Size, table.UsedBytes);
    }

    /// <summary>Against a dictionary and a list: keys of all lengths, with hashes that meet often.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_of_changes_leaves_what_it_should(int seed)
    {
        var random = new Random(seed);
        var table = new KeyTable(8 * 1024);
        var amounts = new Dictionary<string, uint>();
        var order = new List<string>();
        var keys = Enumerable.Range(0, 60).Select(i => new string((char)('a' + (i % 26)), i < 40 ? i : i * 9) + i).ToArray();
        for (var step = 0; step < 30_000; step++)
        {
            var key = keys[random.Next(keys.Length)];
            var bytes = Encoding.ASCII.GetBytes(key);
            var hash = (ulong)(key.Length % 7);
            var index = table.Find(bytes, hash);
            Assert.Equal(amounts.ContainsKey(key), index != 0);
            switch (random.Next(4))
            {
                case 0 when index != 0:
                    table.Remove(index);
                    amounts.Remove(key);
                    order.Remove(key);
                    break;
                case 1 when index != 0:
                    Assert.Equal(amounts[key], table[index].Amount);
                    table.Touch(index);
                    order.Remove(key);
                    order.Add(key);
                    break;
                case > 1 when index == 0:
                    while (!table.HasRoomFor(bytes.Length))
                    {
                        var oldest = table.Oldest;
                        Assert.Equal(amounts[order[0]], table[oldest].Amount);
                        table.Remove(oldest);
                        amounts.Remove(order[0]);
                        order.RemoveAt(0);
                    }

                    index = table.Add(bytes, hash);
                    Assert.Equal((0u, 0L), (table[index].Amount, table[index].Time));
                    amounts[key] = table[index].Amount = (uint)step + 1;
                    order.Add(key);
                    break;
            }

            Assert.Equal(amounts.Count, table.Count);
        }

        while (table.Oldest != 0)
        {
            table.Remove(table.Oldest);
        }

        Assert.Equal((0, 0L), (table.Count, table.UsedBytes));
    }

    [Fact]
    public void A_key_longer_than_the_table_or_than_a_key_may_be_cannot_be_held()
    {
        var table = new KeyTable(8 * 1024);

        Assert.True(table.CanHold(6000));
        Assert.False(table.CanHold(8 * 1024));
        Assert.False(new KeyTable(1 << 20).CanHold(KeyTable.LongestKey + 1));
        Assert.True(new KeyTable(1 << 20).CanHold(KeyTable.LongestKey));
    }
}
