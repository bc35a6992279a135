using System.Buffers;
using System.IO.Pipelines;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.Tls.OpenSsl;
using Microsoft.AspNetCore.Connections;

namespace Balancer.Tls;

/// <summary>
/// Makes the handshake of one connection. The ClientHello is looked at before OpenSSL is called: the connection is set up for the virtual
/// server it asks for, and one that never sends a whole one costs no more than its socket.
/// </summary>
/// <param name="transport">The connection.</param>
/// <param name="client">The other end, for the log.</param>
/// <param name="servers">The virtual servers of the address.</param>
/// <param name="guard">Watches over the waits.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="services">What all servers share.</param>
internal sealed class TlsAcceptor(ConnectionContext transport, ClientAddress client, ITlsServers servers, IoGuard guard, CoarseClock clock, TlsServices services) : IDrainable
{
    /// <summary>Milliseconds a handshake may still take when the gateway is going down.</summary>
    private const long DrainTimeout = 1000;

    private readonly PipeReader _input = transport.Transport.Input;
    private readonly PipeWriter _output = transport.Transport.Output;
    private readonly long _lease = guard.Lease;
    private readonly long _startedAt = clock.Milliseconds;
    private long _drainDeadline = long.MaxValue;
    private volatile IDrainable? _successor;
    private volatile bool _isCut;
    private long _timeout = servers.Find(default).HandshakeTimeout;

    /// <summary>A fatal alert, unrecognized_name (RFC 6066 section 3), in a record of its own.</summary>
    private static ReadOnlySpan<byte> UnrecognizedName => [0x15, 3, 3, 0, 2, 2, 112];

    /// <summary>Makes the handshake. Does not throw for what the client does.</summary>
    public async ValueTask<TlsAcceptResult> AcceptAsync()
    {
        TlsEngine? engine = null;
        var failure = TlsFailure.Internal;
        var reason = "";
        try
        {
            (var status, var serverName, failure) = await ReadHelloAsync();
            if (status == ClientHelloStatus.Plain)
            {
                services.Metrics.PlainRequests.Increment();
                return new TlsAcceptResult(null, TlsFailure.None);
            }

            if (status == ClientHelloStatus.Complete)
            {
                var server = servers.Find(serverName);
                _timeout = server.HandshakeTimeout;
                if (server.Context is { } context)
                {
                    engine = new TlsEngine(context);
                    (failure, reason) = await HandshakeAsync(engine);
                    if (failure == TlsFailure.None)
                    {
                        var session = new OpenSslSession(engine, serverName, server);
                        services.Metrics.CountHandshake(session.IsTls13, session.IsResumed);
                        return new TlsAcceptResult(new TlsConnection(transport, engine, session), TlsFailure.None);
                    }
                }
                else
                {
                    failure = TlsFailure.Rejected;
                    _output.Write(UnrecognizedName);
                    await _output.FlushAsync();
                }
            }
        }
        catch (Exception e) when (ConnectionLoss.Is(e))
        {
            guard.End();
            failure = TlsFailure.ClientClosed;
        }
        catch (OpenSslException e)
        {
            reason = e.Message;
        }

        engine?.Dispose();
        if (!_isCut)
        {
            services.Metrics.CountFailure(failure);
            services.Log.HandshakeFailed(failure, reason, client);
        }

        return new TlsAcceptResult(null, failure);
    }

    /// <summary>Says who serves the connection from here on: a cut that was meant for the handshake is for it.</summary>
    public void HandOver(IDrainable successor)
    {
        _successor = successor;

        // Pairs with the barrier of Abort: one of us sees the other.
        Interlocked.MemoryBarrier();
        if (_isCut)
        {
            successor.Abort();
        }
    }

    /// <inheritdoc/>
    public void Drain()
    {
        Volatile.Write(ref _drainDeadline, clock.Milliseconds + DrainTimeout);
        guard.Nudge();
    }

    /// <inheritdoc/>
    public void Abort()
    {
        _isCut = true;
        Interlocked.MemoryBarrier();
        guard.Interrupt(_lease);
        transport.Abort();
        _successor?.Abort();
    }

    private async ValueTask<(ClientHelloStatus Status, byte[] ServerName, TlsFailure Failure)> ReadHelloAsync()
    {
        while (true)
        {
            var (result, expired) = await ReadAsync();
            var status = ClientHelloParser.Parse(result.Buffer, out var serverName);
            if (status != ClientHelloStatus.NeedMore)
            {
                // Left unread: OpenSSL, or the plain HTTP that it is, begins at the same byte.
                _input.AdvanceTo(result.Buffer.Start);
                return (status, serverName, TlsFailure.Malformed);
            }

            _input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (End(result, expired) is var end and not TlsFailure.None)
            {
                return (status, serverName, end);
            }
        }
    }

    private async ValueTask<(TlsFailure Failure, string Reason)> HandshakeAsync(TlsEngine engine)
    {
        while (true)
        {
            var (result, expired) = await ReadAsync();
            var step = engine.Handshake(result.Buffer, _output, out var consumed);
            var reason = "";
            var failure = step == TlsHandshakeStep.Failed ? TlsFailures.Take(out reason) : TlsFailure.None;
            _input.AdvanceTo(consumed);

            // The tickets that end a handshake of TLS 1.3 leave with the first response.
            if (_output.UnflushedBytes > 0 && (step != TlsHandshakeStep.Done || !engine.IsTls13))
            {
                guard.BeginFlush(_output, Remaining);
                await _output.FlushAsync();
                guard.End();
            }

            if (step != TlsHandshakeStep.NeedMore)
            {
                return (failure, reason);
            }

            if (End(result, expired) is var end and not TlsFailure.None)
            {
                return (end, "");
            }
        }
    }

    private async ValueTask<(ReadResult Result, bool Expired)> ReadAsync()
    {
        guard.BeginRead(_input, Remaining);
        var result = await _input.ReadAsync();
        var expired = guard.Expired;
        guard.End();
        return (result, expired);
    }

    private long Deadline => Math.Min(_startedAt + _timeout, Volatile.Read(ref _drainDeadline));

    private long Remaining => Math.Max(1, Deadline - clock.Milliseconds);

    private TlsFailure End(in ReadResult result, bool expired) =>
        result.IsCompleted || guard.IsInterrupted ? TlsFailure.ClientClosed : expired || clock.Milliseconds >= Deadline ? TlsFailure.Timeout : TlsFailure.None;
}
