namespace Balancer.Infrastructure;

public sealed class SipHashTests
{
    /// <summary>The vectors of the authors' reference implementation: key 00 01 … 0f, input 00 01 … of each length.</summary>
    [Theory]
    [InlineData(0, 0x726FDB47DD0E0E31)]
    [InlineData(1, 0x74F839C593DC67FD)]
    [InlineData(2, 0x0D6C8009D9A94F5A)]
    [InlineData(3, 0x85676696D7FB7E2D)]
    [InlineData(4, 0xCF2794E0277187B7)]
    [InlineData(5, 0x18765564CD99A68D)]
    [InlineData(6, 0xCBC9466E58FEE3CE)]
    [InlineData(7, 0xAB0200F58B01D137)]
    [InlineData(8, 0x93F5F5799A932462)]
    [InlineData(15, 0xA129CA6149BE45E5)]
    public void Hashes_are_those_of_the_reference(int length, ulong expected)
    {
        var input = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();

        Assert.Equal(expected, new SipHash(0x0706050403020100, 0x0F0E0D0C0B0A0908).Compute(input));
    }

    [Fact]
    public void Two_random_keys_hash_differently() =>
        Assert.NotEqual(SipHash.WithRandomKey().Compute("203.0.113.7"u8), SipHash.WithRandomKey().Compute("203.0.113.7"u8));
}
