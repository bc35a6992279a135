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
        long partial = 0;
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
                    if ((isPumping && !context.Pump.IsRunning) || context.PumpError != ProxyError.None)
                    {
                        // The pump has ended, and may have looked before there was a read to end.
                        guard.Nudge();
                    }

                    result = await pending;
                    expired = guard.Expired;
                    guard.End();
                }
            }
            catch (Exception e) when (ConnectionLoss.Is(e))
            {
                guard.End();
                context.Exchange.CurrentAttempt.BytesReceived += partial;
                return WhyBroken(context);
            }

            var buffer = result.Buffer;
            var parsed = buffer.IsEmpty ? HeadParseResult.NeedMore : Parse(context, buffer);
            switch (parsed.Status)
            {
                case HeadParseStatus.Complete:
                    input.AdvanceTo(buffer.GetPosition(parsed.Consumed));
                    context.Exchange.CurrentAttempt.BytesReceived += parsed.Consumed;
                    partial = 0;
                    break;
                case HeadParseStatus.NeedMore:
                    partial = buffer.Length;
                    input.AdvanceTo(buffer.Start, buffer.End);
                    var error = result.IsCompleted ? WhyBroken(context) : result.IsCanceled ? WhyCanceled(context, expired) : ProxyError.None;
                    if (error != ProxyError.None)
                    {
                        context.Exchange.CurrentAttempt.BytesReceived += partial;
                        return error;
                    }

                    continue;
                default:
                    input.AdvanceTo(buffer.End);
                    context.Exchange.CurrentAttempt.BytesReceived += buffer.Length;
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
                return context.Action.Change is not { AllowsUpgrade: false } && UpgradeTunnel.IsValid(context.Exchange.Request, context.Exchange.Response) ? ProxyError.None : ProxyError.UpstreamMalformed;
            }

            if (status != 100 && !await context.Downstream.SendInterimAsync(context.Exchange) && !context.Action.IgnoreClientAbort)
            {
                return context.DownstreamFailure;
            }

            context.Exchange.Response.Reset();
        }
    }

    private static ProxyError WhyBroken(ForwardContext context) =>
        context.PumpError != ProxyError.None ? context.PumpError
        : context.IsAbandoned ? context.Abandonment
        : context.IsSendBroken ? ProxyError.UpstreamWriteFailed
        : ProxyError.UpstreamReset;

    private static ProxyError WhyCanceled(ForwardContext context, bool expired) =>
        context.IsAbandoned ? context.Abandonment
        : context.PumpError != ProxyError.None ? context.PumpError
        : expired ? ProxyError.UpstreamReadTimeout
        : ProxyError.None;

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
