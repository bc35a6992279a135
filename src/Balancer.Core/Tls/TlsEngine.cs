using System.Buffers;
using System.IO.Pipelines;
using Balancer.Tls.OpenSsl;

namespace Balancer.Tls;

/// <summary>
/// One TLS connection without its socket: encrypted bytes in, decrypted bytes out, and the other way round. Wraps an OpenSSL <c>SSL</c> object.
/// <code>
///   transport input ─► TakeInput ─► SSL_read  ─► decrypted buffer
///   plain bytes     ─► SSL_write ─► TryPutOutput ─► transport output
/// </code>
/// </summary>
/// <remarks>
/// Reading and writing may go on at the same time on two threads: OpenSSL wants them one after the other, so a lock that is hardly ever
/// contended stands around every call. The transport's output belongs to the writer alone: what OpenSSL wants to send while it reads
/// (a refusal of renegotiation, an alert) is held back and sent before the next bytes written.
/// </remarks>
internal sealed unsafe class TlsEngine : IDisposable
{
    /// <summary>What a peer may make us hold back to send; one that never stops asking for answers is cut off.</summary>
    private const int MaxHeldBack = 4096;

    [ThreadStatic]
    private static TlsEngine? t_current;

    private readonly Lock _lock = new();
    private nint _ssl;
    private ReadOnlySequence<byte> _input;
    private PipeWriter? _output;
    private byte[] _held = [];
    private int _heldLength;
    private bool _isBroken;
    private bool _isShut;

    /// <summary>Prepares the server side of a connection.</summary>
    /// <exception cref="OpenSslException">There is no memory left.</exception>
    public TlsEngine(TlsContext context)
        : this(context.Handle)
    {
        Context = context;
        LibSsl.SetAcceptState(_ssl);
    }

    /// <summary>Prepares our side of a connection to an upstream server.</summary>
    /// <param name="context">The settings.</param>
    /// <param name="name">The name or address the server is asked for, and its certificate must be for.</param>
    /// <param name="sessions">Where sessions come from and go to; null resumes none.</param>
    /// <param name="offersHttp2">Whether the server is offered HTTP/2, and nothing else (ALPN).</param>
    /// <exception cref="OpenSslException">There is no memory left, or the name is not one.</exception>
    public TlsEngine(UpstreamTlsContext context, string name, UpstreamTlsSession? sessions, bool offersHttp2 = false)
        : this(context.Handle)
    {
        Sessions = sessions;
        LibSsl.SetConnectState(_ssl);
        try
        {
            context.SetName(_ssl, name);
            if (offersHttp2)
            {
                OfferHttp2();
            }
        }
        catch
        {
            LibSsl.Free(_ssl);
            throw;
        }

        sessions?.Resume(_ssl);
    }

    private TlsEngine(SslContextHandle context)
    {
        _ssl = LibSsl.New(context);
        if (_ssl == 0)
        {
            throw OpenSslException.FromQueue("no TLS connection");
        }

        try
        {
            var bio = EngineBio.Create();
            LibSsl.SetBio(_ssl, bio, bio);
        }
        catch
        {
            LibSsl.Free(_ssl);
            throw;
        }
    }

    private void OfferHttp2()
    {
        // One name, behind its length (RFC 7301 section 3.1).
        ReadOnlySpan<byte> names = [2, (byte)'h', (byte)'2'];
        fixed (byte* first = names)
        {
            if (LibSsl.SetAlpnProtocols(_ssl, first, (uint)names.Length) != 0)
            {
                throw OpenSslException.FromQueue("the protocols offered to an upstream server");
            }
        }
    }

    /// <summary>The engine whose call into OpenSSL runs on this thread; what callbacks work for.</summary>
    internal static TlsEngine? Current => t_current;

    /// <summary>What a connection of a client was set up with; null on our side of one to an upstream server.</summary>
    public TlsContext? Context { get; }

    /// <summary>Where a session the upstream server offers is kept; null without.</summary>
    internal UpstreamTlsSession? Sessions { get; }

    /// <summary>Whether TLS 1.3 was agreed on.</summary>
    public bool IsTls13 => Query(LibSsl.Version, 0) == LibSsl.Tls13;

    /// <summary>Whether HTTP/2 was agreed on (ALPN).</summary>
    public bool IsHttp2 => Query(
        static ssl =>
        {
            LibSsl.GetAlpnSelected(ssl, out var protocol, out var length);
            return new ReadOnlySpan<byte>(protocol, (int)length).SequenceEqual("h2"u8);
        },
        false);

    /// <summary>Takes a further step of the handshake.</summary>
    /// <param name="input">What has been received.</param>
    /// <param name="output">Receives what is to be sent; the caller flushes.</param>
    /// <param name="consumed">How much of the input is done with: all of it unless the handshake failed.</param>
    public TlsHandshakeStep Handshake(in ReadOnlySequence<byte> input, PipeWriter output, out SequencePosition consumed)
    {
        using var scope = Enter(input, output);
        OpenSslErrors.Forget();
        var result = LibSsl.DoHandshake(_ssl);
        consumed = _input.Start;
        if (result == 1)
        {
            return TlsHandshakeStep.Done;
        }

        if (LibSsl.GetError(_ssl, result) == LibSsl.ErrorWantRead)
        {
            return TlsHandshakeStep.NeedMore;
        }

        _isBroken = true;
        return TlsHandshakeStep.Failed;
    }

    /// <summary>Decrypts what has been received.</summary>
    /// <param name="input">What has been received; may be empty when <see cref="TlsReadStatus.Full"/> was the result before.</param>
    /// <param name="buffer">Receives the decrypted bytes.</param>
    /// <param name="consumed">How much of the input is done with.</param>
    public TlsReadStatus Decrypt(in ReadOnlySequence<byte> input, DecryptedBuffer buffer, out SequencePosition consumed)
    {
        using var scope = Enter(input, null);
        var status = Decrypt(buffer);
        buffer.ReleaseIfEmpty();
        consumed = _input.Start;
        return status;
    }

    /// <summary>Encrypts bytes.</summary>
    /// <param name="bytes">The bytes; records of at most 16 KB are made of them.</param>
    /// <param name="output">Receives what is to be sent; the caller flushes.</param>
    /// <returns>False when the connection is broken.</returns>
    public bool Encrypt(ReadOnlySpan<byte> bytes, PipeWriter output)
    {
        using var scope = Enter(default, output);
        if (_ssl == 0 || _isBroken || _isShut)
        {
            return false;
        }

        SendHeldBack();
        if (bytes.IsEmpty)
        {
            return true;
        }

        OpenSslErrors.Forget();
        int written;
        fixed (byte* data = bytes)
        {
            written = LibSsl.Write(_ssl, data, bytes.Length);
        }

        // The BIO takes everything, and without renegotiation a write never waits for a read.
        _isBroken |= written != bytes.Length;
        return !_isBroken;
    }

    /// <summary>Says goodbye (<c>close_notify</c>), unless the connection is broken; sends what was held back, such as the alert that tells why it is.</summary>
    public void Close(PipeWriter output)
    {
        using var scope = Enter(default, output);
        if (_ssl == 0 || _isShut)
        {
            return;
        }

        _isShut = true;
        SendHeldBack();
        if (!_isBroken)
        {
            OpenSslErrors.Forget();
            _ = LibSsl.Shutdown(_ssl);
        }
    }

    /// <summary>Reads something of the OpenSSL object; <paramref name="absent"/> when it is gone.</summary>
    public T Query<T>(Func<nint, T> query, T absent)
    {
        using var scope = Enter(default, null);
        return _ssl == 0 ? absent : query(_ssl);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        using var scope = Enter(default, null);
        if (_ssl != 0)
        {
            LibSsl.Free(_ssl);
            _ssl = 0;
        }
    }

    /// <summary>Called by OpenSSL: more input. 0 when there is none.</summary>
    internal int TakeInput(Span<byte> target)
    {
        var first = _input.FirstSpan;
        if (first.Length >= target.Length)
        {
            first[..target.Length].CopyTo(target);
            _input = _input.Slice(target.Length);
            return target.Length;
        }

        var count = (int)Math.Min(_input.Length, target.Length);
        _input.Slice(0, count).CopyTo(target);
        _input = _input.Slice(count);
        return count;
    }

    /// <summary>Called by OpenSSL: bytes to send.</summary>
    internal bool TryPutOutput(ReadOnlySpan<byte> bytes)
    {
        if (_output is null)
        {
            return TryHoldBack(bytes);
        }

        try
        {
            _output.Write(bytes);
            return true;
        }
        catch (InvalidOperationException)
        {
            // The writer was completed: nobody sends any more. An exception must not pass through OpenSSL.
            return false;
        }
    }

    private TlsReadStatus Decrypt(DecryptedBuffer buffer)
    {
        if (_ssl == 0 || _isBroken)
        {
            return TlsReadStatus.Broken;
        }

        while (!_input.IsEmpty || LibSsl.HasPending(_ssl) != 0)
        {
            if (buffer.IsFull)
            {
                return TlsReadStatus.Full;
            }

            var room = buffer.GetRoom(_input.Length);
            OpenSslErrors.Forget();
            int read;
            fixed (byte* target = room)
            {
                read = LibSsl.Read(_ssl, target, room.Length);
            }

            if (read > 0)
            {
                buffer.Advance(read);
                continue;
            }

            switch (LibSsl.GetError(_ssl, read))
            {
                case LibSsl.ErrorWantRead:
                    return TlsReadStatus.NeedMore;
                case LibSsl.ErrorZeroReturn:
                    return TlsReadStatus.Closed;
                default:
                    _isBroken = true;
                    return TlsReadStatus.Broken;
            }
        }

        return TlsReadStatus.NeedMore;
    }

    private bool TryHoldBack(ReadOnlySpan<byte> bytes)
    {
        if (_heldLength + bytes.Length > MaxHeldBack)
        {
            return false;
        }

        if (_heldLength + bytes.Length > _held.Length)
        {
            Array.Resize(ref _held, Math.Max(256, _heldLength + bytes.Length));
        }

        bytes.CopyTo(_held.AsSpan(_heldLength));
        _heldLength += bytes.Length;
        return true;
    }

    private void SendHeldBack()
    {
        if (_heldLength > 0)
        {
            var length = _heldLength;
            _heldLength = 0;
            TryPutOutput(_held.AsSpan(0, length));
        }
    }

    private Scope Enter(in ReadOnlySequence<byte> input, PipeWriter? output)
    {
        _lock.Enter();
        t_current = this;
        _input = input;
        _output = output;
        return new Scope(this);
    }

    private readonly ref struct Scope(TlsEngine engine)
    {
        public void Dispose()
        {
            engine._input = default;
            engine._output = null;
            t_current = null;
            engine._lock.Exit();
        }
    }
}
