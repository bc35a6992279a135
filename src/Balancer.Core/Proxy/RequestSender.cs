using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Infrastructure;
using Balancer.Upstreams.Connections;

namespace Balancer.Proxy;

/// <summary>Writes a request to an upstream connection: head, and as much of the body as is here, in one flush; a pump sends the rest.</summary>
internal static class RequestSender
{
    /// <summary>Sends the request, or starts to.</summary>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    public static async ValueTask<ProxyError> SendAsync(ForwardContext context, UpstreamConnection connection, GatewayServices services)
    {
        var output = connection.Output;
        output.Write(context.Head.Written);
        context.Exchange.CurrentAttempt.BytesSent += context.Head.Length;
        context.IsRequestSent = true;
        var isBodyPending = false;
        if (context.Exchange.Request.HasBody)
        {
            WriteReplay(context, output);
            while (true)
            {
                if (context.Downstream.IsBodyComplete)
                {
                    EndBody(context, output);
                    break;
                }

                if (!context.Downstream.IsBodyBuffered)
                {
                    isBodyPending = true;
                    break;
                }

                // Completes at once: the bytes are here.
                var read = await context.Downstream.ReadBodyAsync(context.Guard, 1);
                var error = Take(context, output, read);
                if (error != ProxyError.None)
                {
                    return error;
                }

                if (output.UnflushedBytes >= RequestBodyPump.FlushThreshold)
                {
                    error = await UpstreamFlush.FlushAsync(output, context.Guard, context.Action.SendTimeout, context);
                    if (error != ProxyError.None)
                    {
                        return error;
                    }
                }
            }
        }

        var flushError = await UpstreamFlush.FlushAsync(output, context.Guard, context.Action.SendTimeout, context);
        if (flushError == ProxyError.None && isBodyPending)
        {
            context.Pump.Start(context, connection, services);
        }

        return flushError;
    }

    /// <summary>Passes a piece of the body on and keeps it for another try.</summary>
    public static ProxyError Take(ForwardContext context, PipeWriter output, in BodyRead read)
    {
        switch (read.Status)
        {
            case BodyStatus.Data or BodyStatus.End:
                context.Replay.Append(read.Data);
                WriteBody(context, output, read.Data);
                return ProxyError.None;
            case BodyStatus.TimedOut:
                return ProxyError.ClientTimeout;
            case BodyStatus.TooLarge:
                return ProxyError.ClientBodyTooLarge;
            case BodyStatus.Malformed:
                return ProxyError.ClientMalformed;
            default:
                return ProxyError.ClientAborted;
        }
    }

    /// <summary>Ends a chunked body.</summary>
    public static void EndBody(ForwardContext context, PipeWriter output)
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
