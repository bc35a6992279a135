using System.Buffers;

namespace Balancer.Http;

/// <summary>A piece of a body. The bytes are the transport's; they are good until the next read.</summary>
/// <param name="Status">What was found.</param>
/// <param name="Data">The bytes, with <see cref="BodyStatus.Data"/> and <see cref="BodyStatus.End"/>.</param>
internal readonly record struct BodyRead(BodyStatus Status, ReadOnlySequence<byte> Data)
{
    /// <summary>A result without bytes.</summary>
    public static BodyRead Without(BodyStatus status) => new(status, default);
}
