using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Balancer.Upstreams.Connections;

/// <summary>A connection to an upstream server that is no more than two pipes.</summary>
internal sealed class FakeUpstreamConnection
{
    private readonly Pipe _received = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
    private readonly Pipe _sent = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));

    private bool _isClosed;

    public FakeUpstreamConnection(ServerConnections owner, long now)
    {
        var context = new DefaultConnectionContext("fake", new Duplex(_received.Reader, _sent.Writer), new Duplex(_sent.Reader, _received.Writer));
        Connection = new UpstreamConnection(context, owner, now) { Requests = 1 };
        owner.OnOpened();
    }

    public UpstreamConnection Connection { get; }

    /// <summary>Whether the gateway has closed it.</summary>
    public bool IsClosed
    {
        get
        {
            if (!_isClosed && _sent.Reader.TryRead(out var result))
            {
                _isClosed = result.IsCompleted;
                _sent.Reader.AdvanceTo(result.Buffer.End);
            }

            return _isClosed;
        }
    }

    /// <summary>What the server does: sends "bytes", closes by an "end", or breaks with an "error".</summary>
    public async Task SayAsync(string what)
    {
        switch (what)
        {
            case "bytes":
                await _received.Writer.WriteAsync("?"u8.ToArray());
                break;
            case "end":
                await _received.Writer.CompleteAsync();
                break;
            default:
                await _received.Writer.CompleteAsync(new IOException("reset"));
                break;
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
