using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Balancer.Failover.Linux;

/// <summary>A netlink socket for routing: requests with their answers, or notifications. For one thread.</summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    // A kernel writes at most 32 KiB at once.
    private const int ReceiveLength = 64 * 1024;
    private const int RequestLength = 1024;

    // Answers are there when the request has been sent; this is for a kernel that would do otherwise.
    private const int AnswerSeconds = 2;
    private const short Readable = 1;

    private readonly SafeFileHandle _handle;
    private readonly byte[] _received = GC.AllocateUninitializedArray<byte>(ReceiveLength, pinned: true);
    private readonly byte[] _request = new byte[RequestLength];
    private uint _sequence;

    private NetlinkSocket(SafeFileHandle handle)
    {
        _handle = handle;
        Handle = (int)handle.DangerousGetHandle();
    }

    /// <summary>The descriptor, to be polled for reading.</summary>
    public int Handle { get; }

    /// <summary>Opens a socket.</summary>
    /// <param name="groups">The notifications wanted, as a mask.</param>
    /// <param name="socket">The socket, or null when there is an error.</param>
    /// <param name="error">The call that failed and why.</param>
    public static bool TryOpen(uint groups, [NotNullWhen(true)] out NetlinkSocket? socket, [NotNullWhen(false)] out string? error)
    {
        socket = null;
        error = null;
        var handle = LibC.OpenSocket(SocketConstants.FamilyNetlink, SocketConstants.TypeRaw, NetlinkConstants.RouteProtocol);
        if (handle.IsInvalid)
        {
            error = LibC.LastError.Describe("socket(AF_NETLINK)");
        }
        else
        {
            Span<byte> address = stackalloc byte[SocketAddresses.NetlinkLength];
            SocketAddresses.WriteNetlink(address, groups);
            var bound = LibC.Bind(handle, address);
            error = bound == Errno.None ? null : bound.Describe("bind(AF_NETLINK)");
        }

        if (error is not null)
        {
            handle.Dispose();
            return false;
        }

        socket = new NetlinkSocket(handle);
        return true;
    }

    /// <summary>Makes room for more notifications, as far as is allowed.</summary>
    public void EnlargeReceiveBuffer(int bytes)
    {
        if (LibC.SetOption(_handle, SocketConstants.LevelSocket, SocketConstants.ForceReceiveBuffer, bytes) != Errno.None)
        {
            _ = LibC.SetOption(_handle, SocketConstants.LevelSocket, SocketConstants.ReceiveBuffer, bytes);
        }
    }

    /// <summary>Starts a request. There is one buffer for it: the one before is overwritten.</summary>
    public NetlinkWriter Begin(ushort type, ushort flags) => new(_request, type, flags, ++_sequence);

    /// <summary>Sends a request and does not wait for the answer.</summary>
    public Errno Send(ReadOnlySpan<byte> request)
    {
        var name = stackalloc byte[SocketAddresses.NetlinkLength];
        SocketAddresses.WriteNetlink(new Span<byte>(name, SocketAddresses.NetlinkLength), 0);
        fixed (byte* start = request)
        {
            nint sent;
            do
            {
                sent = LibC.SendTo(Handle, start, (nuint)request.Length, 0, name, SocketAddresses.NetlinkLength);
            }
            while (sent < 0 && LibC.LastError == Errno.Interrupted);

            return sent < 0 ? LibC.LastError : Errno.None;
        }
    }

    /// <summary>Sends a request and takes the whole answer.</summary>
    /// <returns>What the kernel says of the request; <see cref="Errno.Interrupted"/> when a list changed while it was taken, and is to be asked for again.</returns>
    public Errno Exchange(ReadOnlySpan<byte> request, NetlinkHandler? handler = null)
    {
        var sequence = _sequence;
        var changed = false;
        var error = Send(request);
        while (error == Errno.None)
        {
            error = Receive(out var received);
            if (error == Errno.TryAgain && Wait())
            {
                error = Errno.None;
                continue;
            }

            while (error == Errno.None && NetlinkMessage.TryRead(ref received, out var message))
            {
                if (message.Sequence != sequence)
                {
                    continue;
                }

                changed |= (message.Flags & NetlinkConstants.FlagInterrupted) != 0;
                if (message.Type is NetlinkConstants.MessageError or NetlinkConstants.MessageDone)
                {
                    return message.Error == Errno.None && changed ? Errno.Interrupted : message.Error;
                }

                handler?.Invoke(message);
            }
        }

        return error;
    }

    /// <summary>Takes what is there.</summary>
    /// <param name="received">Some messages, valid until the next call.</param>
    /// <returns><see cref="Errno.TryAgain"/> when nothing is there; <see cref="Errno.NoBuffers"/> when notifications were lost.</returns>
    public Errno Receive(out ReadOnlySpan<byte> received)
    {
        received = default;
        fixed (byte* start = _received)
        {
            var vector = new IoVector { Start = start, Length = ReceiveLength };
            var message = new MessageHeader { Vectors = &vector, VectorCount = 1 };
            nint length;
            do
            {
                length = LibC.ReceiveMessage(Handle, &message, SocketConstants.DoNotWait);
            }
            while (length < 0 && LibC.LastError == Errno.Interrupted);

            if (length < 0)
            {
                return LibC.LastError;
            }

            if ((message.Flags & SocketConstants.Truncated) != 0)
            {
                return Errno.NoBuffers;
            }

            received = _received.AsSpan(0, (int)length);
            return Errno.None;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private bool Wait()
    {
        var entry = new PollEntry { Descriptor = Handle, Events = Readable };
        var timeout = new TimeSpec { Seconds = AnswerSeconds };
        return LibC.Poll(&entry, 1, &timeout, null) > 0;
    }
}
