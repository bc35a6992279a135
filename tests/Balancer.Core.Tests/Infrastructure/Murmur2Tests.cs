using System.Text;

namespace Balancer.Infrastructure;

public sealed class Murmur2Tests
{
    /// <summary>The values of the reference implementation with seed 0.</summary>
    [Theory]
    [InlineData("", 0u)]
    [InlineData("a", 0x92685f5eu)]
    [InlineData("ab", 0x1aa14063u)]
    [InlineData("abc", 0x13577c9bu)]
    [InlineData("abcd", 0x26873021u)]
    [InlineData("127.0.0.1AAA", 0xb5fc5e4bu)]
    public void The_hash_is_that_of_the_reference(string text, uint expected) => Assert.Equal(expected, Murmur2.Hash(Encoding.ASCII.GetBytes(text)));
}
