using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Balancer.Http;
using Balancer.Http.Http1;
using Balancer.Infrastructure;
using Balancer.Upstreams.Connections;

namespace Balancer.Proxy;

/// <summary>Waits for the head of the final response, passing interim ones on.</summary>
internal static class ResponseHeadReader
{
    /// <summary>Reads into <see cref="HttpExchange.Response"/>.</summary>
    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    public static async ValueTask<ProxyError> ReadAsync(ForwardContext context, UpstreamConnection connection)
    {
        var input = connection.Input;
        var guard = context.Guard;
        while (true)
        {
            ReadResult result;
            var expired = false;
            try
            {
                var pending = input.ReadAsync();
                if (pending.IsCompleted)
                {
                    result = await pending;
                }
                else
                {
                    var isPumping = context.Pump.IsRunning;
                    guard.BeginRead(input, isPumping ? 0 : context.Action.ReadTimeout);
                    if (isPumping && !context.Pump.IsRunning)
                    {
                        guard.Nudge();
                    }

                    result = await pending;
                    expired = guard.Expired;
                    guard.End();
                }
            }
            catch (IOException)
            {
                // Kestrel's pipe reports a reset by throwing.
                guard.End();
                return WhyBroken(context);
            }

            var buffer = result.Buffer;
            if (buffer.IsEmpty)
            {
                var error = result.IsCompleted ? WhyBroken(context)
                    : !result.IsCanceled ? ProxyError.None
                    : context.IsAbandoned ? ProxyError.ClientAborted
                    : context.PumpError != ProxyError.None ? context.PumpError
                    : expired ? ProxyError.UpstreamReadTimeout
                    : guard.IsInterrupted ? ProxyError.ClientAborted
                    : ProxyError.None;
                input.AdvanceTo(buffer.Start);
                if (error != ProxyError.None)
                {
                    return error;
                }

                continue;
            }

            var parsed = Parse(context, buffer);
            switch (parsed.Status)
            {
                case HeadParseStatus.Complete:
                    input.AdvanceTo(buffer.GetPosition(parsed.Consumed));
                    context.Exchange.CurrentAttempt.BytesReceived += parsed.Consumed;
                    break;
                case HeadParseStatus.NeedMore:
                    input.AdvanceTo(buffer.Start, buffer.End);
                    if (result.IsCompleted)
                    {
                        return ProxyError.UpstreamReset;
                    }

                    if (expired || (result.IsCanceled && context.IsAbandoned))
                    {
                        return expired ? ProxyError.UpstreamReadTimeout : ProxyError.ClientAborted;
                    }

                    continue;
                default:
                    input.AdvanceTo(buffer.End);
                    context.HeadError = parsed.Error;
                    return ProxyError.UpstreamMalformed;
            }

            var status = context.Exchange.Response.Status;
            if (status >= 200)
            {
                return ProxyError.None;
            }

            if (status == 101)
            {
                // Upgrade is never passed on, so no server may switch protocols.
                return ProxyError.UpstreamMalformed;
            }

            if (status != 100 && !await context.Downstream.SendInterimAsync(context.Exchange))
            {
                return ProxyError.ClientAborted;
            }

            context.Exchange.Response.Reset();
        }
    }

    private static ProxyError WhyBroken(ForwardContext context) =>
        context.PumpError != ProxyError.None ? context.PumpError
        : context.IsAbandoned ? ProxyError.ClientAborted
        : ProxyError.UpstreamReset;

    private static HeadParseResult Parse(ForwardContext context, in ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsSingleSegment)
        {
            return Parse(context, buffer.FirstSpan);
        }

        var length = (int)Math.Min(buffer.Length, context.Parser.Limits.TotalSize);
        var gathered = ArrayPool<byte>.Shared.Rent(length);
        buffer.Slice(0, length).CopyTo(gathered);
        var result = Parse(context, gathered.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(gathered);
        return result;
    }

    private static HeadParseResult Parse(ForwardContext context, ReadOnlySpan<byte> data)
    {
        var response = context.Exchange.Response;
        var result = context.Parser.Parse(data, response);
        if (result.Status == HeadParseStatus.Complete)
        {
            response.Own(data[..result.Consumed]);
        }

        return result;
    }
}
