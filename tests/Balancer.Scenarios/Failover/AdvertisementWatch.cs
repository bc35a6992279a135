using System.Collections.Concurrent;
using System.Net.Sockets;
using Balancer.Failover.Linux;

namespace Balancer.Failover;

/// <summary>
/// Hears the advertisements of one gateway where the client is, and measures the time between them: with a thread of its own, as real-time as the heartbeat's, and
/// nothing else of what goes over the segment, so that it holds out under load.
/// </summary>
internal sealed class AdvertisementWatch : IReadable, IDisposable
{
    private readonly ConcurrentQueue<Exception> _errors = new();
    private readonly byte[] _buffer = new byte[VrrpSocket.BufferLength];
    private readonly NetworkAddress _sender;
    private readonly VrrpSocket _socket;
    private readonly FailoverThread _thread;
    private long _last;
    private long _longest;
    private long _count;

    public AdvertisementWatch(Segment segment, SegmentHost sender)
    {
        _sender = NetworkAddress.From(sender.Address);
        _socket = Segment.Run(segment.Client, () => Open(segment.Client));
        _thread = new FailoverThread(new NoDeadlines(), _errors.Enqueue);
        _thread.Watch(this);
        _thread.Start();
    }

    /// <summary>How many there were.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Milliseconds from one to the next, at most.</summary>
    public double LongestGap => Volatile.Read(ref _longest) / 1e3;

    public int Handle => _socket.Handle;

    public void OnReadable()
    {
        while (_socket.TryReceive(_buffer, out var datagram))
        {
            if (datagram.Source == _sender)
            {
                var now = FailoverThread.Now;
                Volatile.Write(ref _longest, _count == 0 ? 0 : Math.Max(_longest, now - _last));
                _last = now;
                Volatile.Write(ref _count, _count + 1);
            }
        }
    }

    public void Dispose()
    {
        _thread.Dispose();
        _socket.Dispose();
        Assert.Empty(_errors);
    }

    private static VrrpSocket Open(SegmentHost host)
    {
        var index = int.Parse(Segment.Ip(host, "-o link show eth0").Split(':')[0]);
        return VrrpSocket.TryOpen(index, "eth0", AddressFamily.InterNetwork, NetworkAddress.From(host.Address), out var socket, out var error)
            ? socket
            : throw new InvalidOperationException(error);
    }

    private sealed class NoDeadlines : IDeadlines
    {
        public long Next => long.MaxValue;

        public void Expire(long now)
        {
        }
    }
}
