using System.Buffers;
using System.IO.Pipelines;
using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Upstreams.Connections;

namespace Balancer.Proxy;

/// <summary>
/// Writes a request to an upstream connection: head, and as much of the body as is here and fits, in one flush. What is left is the business
/// of a pump beside the wait for the response, for a server may answer before it has read all.
/// </summary>
internal static class RequestSender
{
    /// <summary>Bytes gathered before they are sent.</summary>
    public const int FlushThreshold = 32 * 1024;

    /// <summary>Sends the request, or starts to.</summary>
    public static ProxyError Send(ForwardContext context, UpstreamConnection connection, GatewayServices services)
    {
        var output = connection.Output;
        output.Write(context.Head.Written);
        context.Exchange.CurrentAttempt.BytesSent += context.Head.Length;
        context.IsRequestSent = true;
        if (context.SendsBody)
        {
            WriteReplay(context, output);
            var error = TakeWhatIsHere(context, output);
            if (error != ProxyError.None)
            {
                return error;
            }
        }

        var flush = UpstreamFlush.Begin(output);
        if (flush.IsCompletedSuccessfully && (context.Downstream.IsBodyComplete || !context.SendsBody))
        {
            context.IsSendBroken = flush.Result.IsCompleted;
        }
        else
        {
            context.Pump.Start(context, connection, flush, services);
        }

        return ProxyError.None;
    }

    /// <summary>Reads a body that is not sent. What fits is kept all the same: an error page's location may pass it on.</summary>
    public static async ValueTask<ProxyError> ReadAwayAsync(ForwardContext context)
    {
        while (!context.Downstream.IsBodyComplete)
        {
            var read = await context.Downstream.ReadBodyAsync(context.Guard, context.BodyTimeout);
            if (read.Status is not (BodyStatus.Data or BodyStatus.End))
            {
                return Failure(context, read.Status);
            }

            context.Replay.Append(read.Data);
        }

        return ProxyError.None;
    }

    /// <summary>Passes on what is here of the body, up to a flush; ends it when that was all.</summary>
    public static ProxyError TakeWhatIsHere(ForwardContext context, PipeWriter output)
    {
        var downstream = context.Downstream;
        while (!downstream.IsBodyComplete && output.UnflushedBytes < FlushThreshold && downstream.TryReadBody(out var read))
        {
            var error = Take(context, output, read);
            if (error != ProxyError.None)
            {
                return error;
            }
        }

        if (downstream.IsBodyComplete)
        {
            EndBody(context, output);
        }

        return ProxyError.None;
    }

    /// <summary>Passes a piece of the body on and keeps it for another try.</summary>
    public static ProxyError Take(ForwardContext context, PipeWriter output, in BodyRead read)
    {
        if (read.Status is not (BodyStatus.Data or BodyStatus.End))
        {
            return Failure(context, read.Status);
        }

        context.Replay.Append(read.Data);
        WriteBody(context, output, read.Data);
        return ProxyError.None;
    }

    /// <summary>What it means that the client's body could not be read; None when it could.</summary>
    public static ProxyError Failure(ForwardContext context, BodyStatus status) => status switch
    {
        BodyStatus.Data or BodyStatus.End => ProxyError.None,
        BodyStatus.TimedOut => ProxyError.ClientTimeout,
        BodyStatus.TooSlow => ProxyError.ClientTooSlow,
        BodyStatus.TooLarge => ProxyError.ClientBodyTooLarge,
        BodyStatus.Malformed => ProxyError.ClientMalformed,
        _ => context.Downstream.IsCut ? ProxyError.GatewayShutdown : ProxyError.ClientAborted,
    };

    private static void EndBody(ForwardContext context, PipeWriter output)
    {
        if (context.Exchange.Request.IsChunked)
        {
            output.Write(ChunkWriter.LastChunk);
            output.Write(context.Downstream.RequestTrailers);
            output.Write("\r\n"u8);
        }
    }

    private static void WriteBody(ForwardContext context, PipeWriter output, in ReadOnlySequence<byte> data)
    {
        if (data.IsEmpty)
        {
            return;
        }

        context.Exchange.CurrentAttempt.BytesSent += data.Length;
        if (!context.Exchange.Request.IsChunked)
        {
            Copy(output, data);
            return;
        }

        output.Advance(ChunkWriter.WriteHead(output.GetSpan(ChunkWriter.MaxHeadLength), data.Length));
        Copy(output, data);
        output.Write(ChunkWriter.DataEnd);
    }

    private static void Copy(PipeWriter output, in ReadOnlySequence<byte> data)
    {
        foreach (var segment in data)
        {
            output.Write(segment.Span);
        }
    }

    private static void WriteReplay(ForwardContext context, PipeWriter output)
    {
        var replay = context.Replay.Written;
        if (replay.IsEmpty)
        {
            return;
        }

        context.Exchange.CurrentAttempt.BytesSent += replay.Length;
        if (!context.Exchange.Request.IsChunked)
        {
            output.Write(replay);
            return;
        }

        output.Advance(ChunkWriter.WriteHead(output.GetSpan(ChunkWriter.MaxHeadLength), replay.Length));
        output.Write(replay);
        output.Write(ChunkWriter.DataEnd);
    }
}
