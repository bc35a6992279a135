using System.Buffers;
using Balancer.TestSupport;

namespace Balancer.Proxy;

public class ReplayBufferTests
{
    [Fact]
    public void All_is_kept_up_to_the_limit()
    {
        var buffer = new ReplayBuffer { Limit = 10 };

        buffer.Append(new ReadOnlySequence<byte>("01234"u8.ToArray()));
        buffer.Append(Segments.Of("56789"u8, 2));

        Assert.True(buffer.IsWhole);
        Assert.Equal("0123456789"u8, buffer.Written);
    }

    [Fact]
    public void What_does_not_fit_lets_go_of_all_for_good()
    {
        var buffer = new ReplayBuffer { Limit = 10 };

        buffer.Append(new ReadOnlySequence<byte>("01234"u8.ToArray()));
        buffer.Append(new ReadOnlySequence<byte>("567890"u8.ToArray()));
        buffer.Append(new ReadOnlySequence<byte>("1"u8.ToArray()));

        Assert.False(buffer.IsWhole);
        Assert.True(buffer.Written.IsEmpty);
    }

    [Fact]
    public void After_a_reset_it_is_whole_and_empty()
    {
        var buffer = new ReplayBuffer { Limit = 1 };
        buffer.Append(new ReadOnlySequence<byte>("too much"u8.ToArray()));

        buffer.Reset();

        Assert.True(buffer.IsWhole);
        Assert.True(buffer.Written.IsEmpty);
        buffer.Append(new ReadOnlySequence<byte>("1"u8.ToArray()));
        Assert.Equal("1"u8, buffer.Written);
    }
}
