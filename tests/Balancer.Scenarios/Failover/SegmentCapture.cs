using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Balancer.Failover.Linux;
using Microsoft.Win32.SafeHandles;

namespace Balancer.Failover;

/// <summary>Hears, at the switch, everything the gateways send, multicast and unicast, with the time it came through.</summary>
internal sealed class SegmentCapture : IDisposable
{
    private readonly ConcurrentQueue<CapturedFrame> _frames = new();
    private readonly ConcurrentQueue<Exception> _errors = new();
    private readonly List<Port> _ports = [];
    private readonly FailoverThread _thread;

    private SegmentCapture() => _thread = new FailoverThread(new NoDeadlines(), _errors.Enqueue);

    /// <summary>All frames so far, oldest first.</summary>
    public CapturedFrame[] Frames => [.. _frames];

    /// <summary>The advertisements so far.</summary>
    public IEnumerable<CapturedFrame> Advertisements => _frames.Where(f => f.IsVrrp);

    /// <summary>The announcements of addresses so far.</summary>
    public IEnumerable<CapturedFrame> Announcements => _frames.Where(f => f.IsAnnouncement);

    /// <summary>Starts to listen.</summary>
    public static SegmentCapture Start(Segment segment)
    {
        var capture = new SegmentCapture();
        foreach (var gateway in segment.Gateways)
        {
            var port = segment.RunOnSwitch(() => new Port(capture, gateway));
            capture._ports.Add(port);
            capture._thread.Watch(port);
        }

        capture._thread.Start();
        return capture;
    }

    /// <summary>Forgets what was heard.</summary>
    public void Clear() => _frames.Clear();

    public void Dispose()
    {
        _thread.Dispose();
        _ports.ForEach(port => port.Dispose());
        Assert.Empty(_errors);
    }

    private sealed class NoDeadlines : IDeadlines
    {
        public long Next => long.MaxValue;

        public void Expire(long now)
        {
        }
    }

    private sealed class Port : IReadable, IDisposable
    {
        private const ushort EveryProtocol = 3;
        private const int PacketTypeOffset = 10;
        private const byte Outgoing = 4;

        private readonly SegmentCapture _capture;
        private readonly SegmentHost _gateway;
        private readonly SafeFileHandle _socket;
        private readonly byte[] _buffer = GC.AllocateArray<byte>(64 * 1024, pinned: true);

        public Port(SegmentCapture capture, SegmentHost gateway)
        {
            _capture = capture;
            _gateway = gateway;
            var everything = BinaryPrimitives.ReverseEndianness(EveryProtocol);
            _socket = LibC.OpenSocket(SocketConstants.FamilyPacket, SocketConstants.TypeRaw, everything);
            Assert.False(_socket.IsInvalid, LibC.LastError.Describe("socket(AF_PACKET)"));
            Assert.True(Netlink.TryOpen(out var netlink, out var error), error);
            using (netlink)
            {
                Assert.Equal(Errno.None, netlink.GetLink(gateway.SwitchPort, out var link));
                Span<byte> address = stackalloc byte[SocketAddresses.LinkLayerLength];
                SocketAddresses.WriteLinkLayer(address, link!.Index, EveryProtocol);
                Assert.Equal(Errno.None, LibC.Bind(_socket, address));
            }
        }

        public int Handle => (int)_socket.DangerousGetHandle();

        public void Dispose() => _socket.Dispose();

        public unsafe void OnReadable()
        {
            var name = stackalloc byte[SocketAddresses.LinkLayerLength];
            while (true)
            {
                var vector = new IoVector { Start = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_buffer, 0), Length = (nuint)_buffer.Length };
                var message = new MessageHeader { Name = name, NameLength = SocketAddresses.LinkLayerLength, Vectors = &vector, VectorCount = 1 };
                var length = (int)LibC.ReceiveMessage(Handle, &message, SocketConstants.DoNotWait);
                if (length < 0)
                {
                    return;
                }

                // What the switch sends to the gateway is heard where it came in.
                if (name[PacketTypeOffset] != Outgoing)
                {
                    _capture._frames.Enqueue(new CapturedFrame(FailoverThread.Now / 1000, _gateway, _buffer[..length]));
                }
            }
        }
    }
}
