using System.Buffers;
using System.Runtime.CompilerServices;
using Balancer.Infrastructure;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Balancer.Transport;

/// <summary>
/// The buffers that responses are received into. The transport reads at most a block at a time: with its own blocks of 4 KB a megabyte takes
/// 256 system calls, and each time round the whole relay, which is thrice the cost.
/// </summary>
internal sealed class ReceiveBlocks : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    /// <summary>Bytes of a block. Of a block that never held as much only the pages that were used are resident.</summary>
    public const int BlockSize = 32 * 1024;

    private static readonly ReceiveBlocks Pool = new();

    /// <inheritdoc/>
    public override int MaxBufferSize => BlockSize;

    /// <summary>Has connections made with <paramref name="options"/> use these blocks.</summary>
    /// <returns>False when this version of the transport has no such setting: it works all the same, with its own blocks.</returns>
    public static bool TryUse(SocketConnectionFactoryOptions options)
    {
        try
        {
            SetMemoryPoolFactory(options, Pool);
            return true;
        }
        catch (MissingMethodException)
        {
            return false;
        }
    }

    /// <summary>One pool serves all connections.</summary>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        return WorkerPool<Block>.Rent();
    }

    /// <summary>Does nothing: the blocks belong to the process.</summary>
    protected override void Dispose(bool disposing)
    {
    }

    // Not public in .NET 10, where only the server sets it, from its services.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_MemoryPoolFactory")]
    private static extern void SetMemoryPoolFactory(SocketConnectionFactoryOptions options, IMemoryPoolFactory<byte> factory);

    private sealed class Block : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);

        public void Dispose() => WorkerPool<Block>.Return(this);
    }
}
