using System.IO.Pipelines;
using Balancer.Http.Http1;
using Balancer.Infrastructure;
using Microsoft.AspNetCore.Connections;

namespace Balancer.Upstreams.Connections;

/// <summary>
/// A connection to an upstream server: owned by one request at a time, or idle in <see cref="IdleConnections"/>, which
/// links it in two intrusive lists.
/// </summary>
internal sealed class UpstreamConnection(ConnectionContext context, ServerConnections owner, long createdAt)
{
    private readonly ConnectionContext _context = context;
    private readonly ReceiveQueue _queue = new(context);
    private int _closed;

    /// <summary>Neighbours in the list of all idle connections of a stripe, most recently used first.</summary>
    internal UpstreamConnection? NewerInStripe, OlderInStripe;

    /// <summary>Neighbours in the list of idle connections to the same server.</summary>
    internal UpstreamConnection? NewerOfServer, OlderOfServer;

    /// <summary>The stripe it is idle in; -1 while a request owns it. Guarded by the stripe's lock.</summary>
    internal int Stripe = -1;

    /// <summary>The server's connections it counts among.</summary>
    public ServerConnections Owner { get; } = owner;

    /// <summary>What the server sends.</summary>
    public PipeReader Input { get; } = context.Transport.Input;

    /// <summary>What is sent to the server.</summary>
    public PipeWriter Output { get; } = context.Transport.Output;

    /// <summary>Reads the bodies of responses.</summary>
    public Http1BodyReader Body { get; } = new(context.Transport.Input);

    /// <summary>When it was opened, in milliseconds of the coarse clock (<c>keepalive_time</c>).</summary>
    public long CreatedAt { get; } = createdAt;

    /// <summary>When it became idle, in milliseconds of the coarse clock (<c>keepalive_timeout</c>).</summary>
    public long IdleSince { get; internal set; }

    /// <summary>How many requests it has carried, the current one included (<c>keepalive_requests</c>).</summary>
    public int Requests { get; set; }

    /// <summary>Whether an earlier request used it, so that the server may have closed it just now without any fault.</summary>
    public bool IsReused => Requests > 1;

    /// <summary>Whether more has arrived than was read, so that the next read does not wait for the server.</summary>
    public bool HasMore() => _queue.HasMore();

    /// <summary>Whether it is still silent and open, as an idle connection must be: any byte, end or reset makes it useless.</summary>
    public bool IsQuiet()
    {
        // A cancellation may be left from the request before: an operation that completed just as its deadline fired.
        if (!TryPoll(out var result))
        {
            return true;
        }

        if (!result.IsCanceled || result.IsCompleted || !result.Buffer.IsEmpty)
        {
            return false;
        }

        Input.AdvanceTo(result.Buffer.Start);
        return !TryPoll(out _);
    }

    /// <summary>Writes the end of our direction where the connection's protocol has one; flushed before <see cref="TryEndOutput"/>.</summary>
    public void WriteEnd() => HalfClose.WriteEnd(_context);

    /// <summary>Tells the server that nothing more comes, while its answer is still read; false when that is not possible any more.</summary>
    public bool TryEndOutput() => HalfClose.TryEndOutput(_context);

    /// <summary>Closes it. With <paramref name="abort"/> by a reset, so that a server in the middle of a response can tell.</summary>
    public void Close(bool abort = false)
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        Owner.OnClosed();
        if (abort)
        {
            _context.Abort();
        }

        Input.Complete();
        Output.Complete();
        _ = DisposeAsync();
    }

    private async Task DisposeAsync() => await _context.DisposeAsync();

    private bool TryPoll(out ReadResult result)
    {
        try
        {
            return Input.TryRead(out result);
        }
        catch (Exception e) when (ConnectionLoss.Is(e))
        {
            result = new ReadResult(default, isCanceled: false, isCompleted: true);
            return true;
        }
    }
}
