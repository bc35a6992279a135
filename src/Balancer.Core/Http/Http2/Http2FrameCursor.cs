namespace Balancer.Http.Http2;

/// <summary>Finds the heads of frames in bytes that arrive in any pieces.</summary>
internal struct Http2FrameCursor
{
    private long _left;

    /// <summary>Starts behind so many bytes that are no frames, such as the preface.</summary>
    public Http2FrameCursor(int skipped) => _left = skipped;

    /// <summary>Whether the next byte is the first of a head.</summary>
    public readonly bool IsAtHead => _left == 0;

    /// <summary>Moves over bytes of a payload; gives how many of <paramref name="available"/> belong to it.</summary>
    public long Skip(long available)
    {
        var skipped = Math.Min(available, _left);
        _left -= skipped;
        return skipped;
    }

    /// <summary>Moves over a head, to its payload.</summary>
    public void Enter(in Http2FrameHead head) => _left = head.Length;
}
