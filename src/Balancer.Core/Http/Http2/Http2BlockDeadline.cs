using Balancer.Infrastructure;

namespace Balancer.Http.Http2;

/// <summary>Ends a connection on which a header block was begun and is not ended in time: until then nothing else may be sent on it.</summary>
internal sealed class Http2BlockDeadline(TimeoutWheel wheel, Http2Watch watch, DownstreamService service) : TimeoutEntry(wheel)
{
    private bool _isRunning;

    /// <summary>What is woken to end the connection.</summary>
    public Http2Input? Input { get; set; }

    /// <summary>Tells whether a block is open; called by the flow that reads.</summary>
    public void Track(bool isInBlock)
    {
        if (isInBlock == _isRunning)
        {
            return;
        }

        _isRunning = isInBlock;
        if (isInBlock)
        {
            SetDeadline(service.HeaderTimeout);
        }
        else
        {
            ClearDeadline();
        }
    }

    /// <inheritdoc/>
    protected override void OnDeadline()
    {
        if (watch.IsInBlock)
        {
            watch.Condemn(Http2Fault.HeaderTimeout);
            Input?.Wake();
        }
    }
}
