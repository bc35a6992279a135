using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Balancer.Infrastructure;
using Microsoft.AspNetCore.Http.Features;

namespace Balancer.Http.Http2;

/// <summary>
/// Judges the frames of a connection in both directions, by their heads alone: what keeps within the rules of HTTP/2 and still is an
/// attack, and what the engine lets pass. The engine handles frames of both directions on several threads, so a lock guards the judgement.
/// </summary>
internal sealed class Http2Watch(Http2Limits limits, CoarseClock clock)
{
    /// <summary>Most CONTINUATIONs of a block.</summary>
    private const int MaxContinuations = 16;

    private readonly Lock _lock = new();
    private readonly HashSet<int> _open = [];
    private readonly Dictionary<int, Http2Rest> _rests = [];
    private Http2Budget _controls = new(4_000, 400);
    private Http2Budget _resets = new(limits.MaxConcurrentStreams + 64, 32);
    private bool _sawSettings;
    private bool _endedBlock;
    private bool _hasCalmed;
    private int _blockFrames;
    private int _blockSize;
    private int _pings;
    private int _lastStream;
    private long _sent;
    private long _sentBytes;
    private int _announcement = -1;
    private volatile Http2Fault _fault;

    /// <summary>Why the connection is ended; None as long as it is not.</summary>
    public Http2Fault Fault => _fault;

    /// <summary>The code the engine has ended the connection with.</summary>
    public Http2ErrorCode Code { get; private set; }

    /// <summary>Streams that were begun and are not over: their requests run, or what answers them is not sent yet.</summary>
    public int OpenStreams
    {
        get
        {
            lock (_lock)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>How many frames of responses were sent: it stands still when the client takes nothing.</summary>
    public long FramesSent => Interlocked.Read(ref _sent);

    /// <summary>How many bytes of response bodies were sent.</summary>
    public long BytesSent => Interlocked.Read(ref _sentBytes);

    /// <summary>Whether a header block was begun and has not ended yet.</summary>
    public bool IsInBlock => Volatile.Read(ref _blockFrames) > 0;

    /// <summary>The request of a stream is over. False when all that answers it is sent.</summary>
    public bool NoteRest(int stream, IFeatureCollection features, long sendTimeout, long minRate)
    {
        lock (_lock)
        {
            if (!_open.Contains(stream))
            {
                return false;
            }

            var now = clock.Milliseconds;
            _rests[stream] = new Http2Rest { Stream = features, SendTimeout = sendTimeout, MinRate = minRate, Since = now, SentBefore = _sentBytes, QuietSince = now };
            return true;
        }
    }

    /// <summary>Milliseconds the client may still take for the rest of a response whose request is over, of all of them the fewest; <see cref="long.MaxValue"/> when there is none.</summary>
    public long LeftForRests()
    {
        lock (_lock)
        {
            var least = long.MaxValue;
            foreach (var rest in _rests.Values)
            {
                least = Math.Min(least, rest.Left(clock.Milliseconds, _sentBytes));
            }

            return least;
        }
    }

    /// <summary>Picks the streams the client is too slow on, which are to be reset. False when one is still there long after it was.</summary>
    /// <param name="tooSlow">Receives them.</param>
    /// <param name="grace">Milliseconds the resets may take.</param>
    public bool TryPickSlow(List<(int Stream, IFeatureCollection Features)> tooSlow, long grace)
    {
        lock (_lock)
        {
            var now = clock.Milliseconds;
            foreach (var stream in _rests.Keys)
            {
                ref var rest = ref CollectionsMarshal.GetValueRefOrNullRef(_rests, stream);
                if (rest.Left(now, _sentBytes) > 0)
                {
                    continue;
                }

                if (rest.ResetUntil > 0)
                {
                    return false;
                }

                rest.ResetUntil = now + grace;
                tooSlow.Add((stream, rest.Stream));
            }

            return true;
        }
    }

    /// <summary>Ends the connection. The first reason counts.</summary>
    public void Condemn(Http2Fault fault)
    {
        lock (_lock)
        {
            if (_fault == Http2Fault.None)
            {
                _fault = fault;
            }
        }
    }

    /// <summary>A frame begins to arrive. False when the connection is to be ended before it.</summary>
    public bool Receive(in Http2FrameHead head)
    {
        lock (_lock)
        {
            if (_fault == Http2Fault.None)
            {
                _fault = Judge(head);
            }

            return _fault == Http2Fault.None;
        }
    }

    /// <summary>A PING of ours is passed to the engine: its acknowledgement is the announcement that the connection will close.</summary>
    public void Announce()
    {
        lock (_lock)
        {
            _announcement = _pings++;
        }
    }

    /// <summary>The engine acknowledges the oldest PING. True when it was ours.</summary>
    public bool SendPingAck()
    {
        lock (_lock)
        {
            _pings--;
            return _announcement >= 0 && _announcement-- == 0;
        }
    }

    /// <summary>The engine sends a frame.</summary>
    public void Send(in Http2FrameHead head)
    {
        if (head.Type is not (Http2FrameType.Data or Http2FrameType.Headers))
        {
            return;
        }

        lock (_lock)
        {
            _sent++;
            _sentBytes += head.Type == Http2FrameType.Data ? head.Length : 0;
            _controls.Earn(8);
            ref var rest = ref CollectionsMarshal.GetValueRefOrNullRef(_rests, head.Stream);
            if (!Unsafe.IsNullRef(ref rest))
            {
                rest.QuietSince = clock.Milliseconds;
            }

            if (head.EndsStream)
            {
                Close(head.Stream);
                _resets.Earn(1);
            }
        }
    }

    /// <summary>The engine resets a stream.</summary>
    public void SendReset(int stream, Http2ErrorCode code)
    {
        // Some are ours: a response that broke off, a client that takes nothing, a body that nobody waits for.
        var isClients = code is not (Http2ErrorCode.NoError or Http2ErrorCode.InternalError or Http2ErrorCode.Cancel);
        lock (_lock)
        {
            Close(stream);
            _hasCalmed |= code == Http2ErrorCode.EnhanceYourCalm;
            if (isClients && !_resets.TrySpend(1, clock.Milliseconds) && _fault == Http2Fault.None)
            {
                _fault = Http2Fault.MadeYouReset;
            }
        }
    }

    /// <summary>The engine ends the connection. Gives the code the client is told.</summary>
    public Http2ErrorCode SendGoAway(Http2ErrorCode code)
    {
        lock (_lock)
        {
            // The engine has its own measure of streams opened and reset, by what their requests still hold.
            if (code == Http2ErrorCode.InternalError && _hasCalmed && _fault == Http2Fault.None)
            {
                _fault = Http2Fault.RapidReset;
            }

            // It stumbles over some header blocks no client of good will sends, such as those with index 0 (RFC 7541 section 6.1).
            Code = _fault != Http2Fault.None ? Http2Faults.Code(_fault)
                : code == Http2ErrorCode.InternalError && _endedBlock ? Http2ErrorCode.CompressionError
                : code;
            return Code;
        }
    }

    private void Close(int stream)
    {
        _open.Remove(stream);
        _rests.Remove(stream);
    }

    private Http2Fault Judge(in Http2FrameHead head)
    {
        _endedBlock = head.EndsBlock;
        if (!_sawSettings)
        {
            _sawSettings = head is { Type: Http2FrameType.Settings, IsAck: false };
            return _sawSettings ? Http2Fault.None : Http2Fault.NoSettings;
        }

        switch (head.Type)
        {
            case Http2FrameType.Data when head.Length > 0 || head.EndsStream:
                _controls.Earn(4);
                return Http2Fault.None;
            case Http2FrameType.Data:
                return Spend(4, Http2Fault.EmptyFrameFlood);
            case Http2FrameType.Headers:
                if (head.Stream > _lastStream)
                {
                    _lastStream = head.Stream;
                    _open.Add(head.Stream);
                }

                _controls.Earn(8);
                return JudgeBlock(head, 0);
            case Http2FrameType.Continuation:
                return JudgeBlock(head, _blockFrames);
            case Http2FrameType.ResetStream:
                Close(head.Stream);
                return _resets.TrySpend(1, clock.Milliseconds) ? Http2Fault.None : Http2Fault.RapidReset;
            case Http2FrameType.Ping when head.IsAck:
                return Spend(4, Http2Fault.PingFlood);
            case Http2FrameType.Ping:
                _pings++;
                return Spend(4, Http2Fault.PingFlood);
            case Http2FrameType.Settings:
                return Spend(40, Http2Fault.SettingsFlood);
            case Http2FrameType.Priority:
                return Spend(4, Http2Fault.PriorityFlood);
            case Http2FrameType.WindowUpdate:
                return Spend(1, Http2Fault.WindowUpdateFlood);
            case Http2FrameType.GoAway or Http2FrameType.PushPromise:
                return Http2Fault.None;
            default:
                return Spend(4, Http2Fault.UnknownFrameFlood);
        }
    }

    private Http2Fault JudgeBlock(in Http2FrameHead head, int framesBefore)
    {
        _blockFrames = head.EndsBlock ? 0 : framesBefore + 1;
        _blockSize = framesBefore == 0 ? head.Length : _blockSize + head.Length;
        return framesBefore >= MaxContinuations || _blockSize > limits.EngineHeadSize ? Http2Fault.ContinuationFlood : Http2Fault.None;
    }

    private Http2Fault Spend(int amount, Http2Fault fault) => _controls.TrySpend(amount, clock.Milliseconds) ? Http2Fault.None : fault;
}
