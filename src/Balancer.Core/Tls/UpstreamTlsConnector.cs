using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Balancer.Infrastructure;
using Balancer.Tls.OpenSsl;
using Microsoft.AspNetCore.Connections;

namespace Balancer.Tls;

/// <summary>Makes the TLS handshake with an upstream server.</summary>
internal static class UpstreamTlsConnector
{
    /// <summary>Makes the handshake over a new connection. Does not throw for what the server does; on failure the connection is the caller's to close.</summary>
    /// <param name="transport">The connection.</param>
    /// <param name="engine">Its engine; disposed of on failure.</param>
    /// <param name="guard">Watches over the waits.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="timeout">Milliseconds the whole handshake may take.</param>
    public static async ValueTask<UpstreamTlsResult> ConnectAsync(ConnectionContext transport, TlsEngine engine, IoGuard guard, CoarseClock clock, long timeout)
    {
        var input = transport.Transport.Input;
        var output = transport.Transport.Output;
        var deadline = clock.Milliseconds + timeout;
        var received = new ReadResult(default, isCanceled: false, isCompleted: false);
        var hasRead = false;
        var reason = "the connection was closed within the handshake";
        try
        {
            while (true)
            {
                var step = engine.Handshake(received.Buffer, output, out var consumed);
                if (step == TlsHandshakeStep.Failed)
                {
                    reason = Reason(engine);
                }

                if (hasRead)
                {
                    input.AdvanceTo(consumed);
                }

                if (output.UnflushedBytes > 0)
                {
                    guard.BeginFlush(output, Math.Max(1, deadline - clock.Milliseconds));
                    await output.FlushAsync();
                    guard.End();
                }

                if (step == TlsHandshakeStep.Done)
                {
                    return new UpstreamTlsResult(new TlsConnection(transport, engine, null), false, "");
                }

                if (step == TlsHandshakeStep.Failed || received.IsCompleted)
                {
                    break;
                }

                guard.BeginRead(input, Math.Max(1, deadline - clock.Milliseconds));
                received = await input.ReadAsync();
                var expired = guard.Expired;
                guard.End();
                hasRead = true;
                if (guard.IsInterrupted || expired || clock.Milliseconds >= deadline)
                {
                    input.AdvanceTo(received.Buffer.Start);
                    engine.Dispose();
                    return new UpstreamTlsResult(null, !guard.IsInterrupted, "no answer in time");
                }
            }
        }
        catch (Exception e) when (ConnectionLoss.Is(e))
        {
            guard.End();
        }

        engine.Dispose();
        return new UpstreamTlsResult(null, false, reason);
    }

    private static unsafe string Reason(TlsEngine engine)
    {
        var text = OpenSslErrors.Take();
        var result = engine.Query(static ssl => LibSsl.GetVerifyResult(ssl), 0);
        return result != 0 ? $"certificate: {Marshal.PtrToStringUTF8((nint)LibCrypto.VerifyErrorText(result))}" : text;
    }
}
