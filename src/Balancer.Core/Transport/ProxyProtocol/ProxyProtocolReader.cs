using System.Buffers;
using System.IO.Pipelines;
using Balancer.Http;
using Balancer.Infrastructure;

namespace Balancer.Transport.ProxyProtocol;

/// <summary>Takes the PROXY protocol header off a connection, before anything else is read from it.</summary>
internal static class ProxyProtocolReader
{
    /// <summary>Reads the header.</summary>
    /// <param name="input">The connection.</param>
    /// <param name="guard">Watches over the wait; nudged when the gateway begins to drain.</param>
    /// <param name="service">Tells how long the whole header may take, and what is left of that when the gateway drains.</param>
    /// <param name="clock">Tells the time.</param>
    /// <returns>The header; null when there is none, it is malformed, or it did not arrive in time.</returns>
    public static async ValueTask<ProxyProtocolHeader?> ReadAsync(PipeReader input, IoGuard guard, DownstreamService service, CoarseClock clock)
    {
        var deadline = clock.Milliseconds + service.HeaderTimeout;
        var isHurried = false;
        while (true)
        {
            if (service.IsDraining && !isHurried)
            {
                isHurried = true;
                deadline = Math.Min(deadline, clock.Milliseconds + service.DrainIdleTimeout);
            }

            ReadResult result;
            guard.BeginRead(input, Math.Max(1, deadline - clock.Milliseconds));
            if (service.IsDraining && !isHurried)
            {
                // The drain began just now, and may have looked before there was a read to end.
                guard.Nudge();
            }

            try
            {
                result = await input.ReadAsync();
            }
            catch (Exception e) when (ConnectionLoss.Is(e))
            {
                return null;
            }
            finally
            {
                guard.End();
            }

            var status = Parse(result.Buffer, out var header);
            if (status == ProxyProtocolStatus.Complete)
            {
                input.AdvanceTo(result.Buffer.GetPosition(header.Length));
                return header;
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (status == ProxyProtocolStatus.Invalid || result.IsCompleted || guard.IsInterrupted || clock.Milliseconds >= deadline)
            {
                return null;
            }
        }
    }

    private static ProxyProtocolStatus Parse(in ReadOnlySequence<byte> buffer, out ProxyProtocolHeader header)
    {
        if (buffer.IsSingleSegment)
        {
            return ProxyProtocolParser.Parse(buffer.FirstSpan, out header);
        }

        var length = (int)Math.Min(buffer.Length, ProxyProtocolParser.MaxVersion2Length);
        var gathered = ArrayPool<byte>.Shared.Rent(length);
        buffer.Slice(0, length).CopyTo(gathered);
        var status = ProxyProtocolParser.Parse(gathered.AsSpan(0, length), out header);
        ArrayPool<byte>.Shared.Return(gathered);
        return status;
    }
}
