using Balancer.Http;

namespace Balancer.Benchmarks;

/// <summary>A client side that takes the fields of heads into memory, as that of HTTP/1.1 does.</summary>
internal sealed class HeadDownstream : FieldTaker
{
    /// <summary>The head.</summary>
    public HeadWriter Head { get; } = new();

    public override void AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => Head.WriteField(name, value);
}
