using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Balancer.Http;
using Balancer.Tls.OpenSsl;

namespace Balancer.Tls;

/// <summary>A session as OpenSSL tells of it.</summary>
internal sealed unsafe class OpenSslSession : TlsSession
{
    /// <summary>Flag of a group that OpenSSL has no name for; its number is in the bits below.</summary>
    private const int UnknownGroup = 0x1000000;

    // X509_V_ERR_*
    private const int SelfSigned = 18;
    private const int SelfSignedInChain = 19;
    private const int IssuerUnknown = 20;
    private const int LeafNotVerified = 21;

    private readonly TlsEngine _engine;
    private readonly byte[] _serverName;

    /// <summary>Describes a connection whose handshake is done.</summary>
    /// <param name="engine">The connection.</param>
    /// <param name="serverName">The name the client asked for; empty without one.</param>
    /// <param name="server">The virtual server it was set up for.</param>
    public OpenSslSession(TlsEngine engine, byte[] serverName, TlsServer server)
    {
        _engine = engine;
        _serverName = serverName;
        Server = server;
        IsTls13 = engine.IsTls13;
        IsResumed = engine.Query(static ssl => LibSsl.SessionReused(ssl) == 1, false);
    }

    /// <summary>The virtual server the connection was set up for.</summary>
    public TlsServer Server { get; }

    /// <summary>Whether it is TLS 1.3; else 1.2.</summary>
    public bool IsTls13 { get; }

    /// <summary>Whether the session was resumed.</summary>
    public bool IsResumed { get; }

    /// <summary>Whether HTTP/2 was chosen.</summary>
    public bool IsHttp2 => Field(TlsField.AlpnProtocol).SequenceEqual("h2"u8);

    /// <summary>Whether a client's certificate did not verify for no other reason than that its issuer is not known.</summary>
    public bool IsIssuerUnknown => _engine.Query(static ssl => LibSsl.GetVerifyResult(ssl) is SelfSigned or SelfSignedInChain or IssuerUnknown or LeafNotVerified, false);

    /// <inheritdoc/>
    protected override byte[] Read(TlsField field) => field switch
    {
        TlsField.Protocol => IsTls13 ? "TLSv1.3"u8.ToArray() : "TLSv1.2"u8.ToArray(),
        TlsField.SessionReused => IsResumed ? "r"u8.ToArray() : "."u8.ToArray(),
        TlsField.ServerName => _serverName,
        TlsField.AlpnProtocol => _engine.Query(Alpn, []),
        TlsField.Cipher => _engine.Query(static ssl => Text(LibSsl.CipherGetName(LibSsl.GetCurrentCipher(ssl))), []),
        TlsField.Ciphers => _engine.Query(Ciphers, []),
        TlsField.Curve => _engine.Query(static ssl => GroupName((int)LibSsl.Control(ssl, LibSsl.CtrlGetNegotiatedGroup, 0, 0)), []),
        TlsField.Curves => _engine.Query(Groups, []),
        TlsField.SessionId => _engine.Query(SessionId, []),
        TlsField.ClientVerify => _engine.Query(Verification, []),
        _ => _engine.Query(ssl => ReadCertificate(ssl, field), []),
    };

    private static byte[] Alpn(nint ssl)
    {
        LibSsl.GetAlpnSelected(ssl, out var protocol, out var length);
        return new ReadOnlySpan<byte>(protocol, (int)length).ToArray();
    }

    private static byte[] SessionId(nint ssl)
    {
        var id = LibSsl.SessionGetId(LibSsl.GetSession(ssl), out var length);
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(new ReadOnlySpan<byte>(id, (int)length)));
    }

    private static byte[] Ciphers(nint ssl)
    {
        byte* codes;
        var size = (int)LibSsl.Control(ssl, LibSsl.CtrlGetClientCiphers, 0, 0);
        var length = (int)LibSsl.Control(ssl, LibSsl.CtrlGetClientCiphers, 0, (nint)(&codes));
        var names = new List<string>();
        for (var at = 0; size > 0 && at + size <= length; at += size)
        {
            var cipher = LibSsl.CipherFind(ssl, codes + at);
            names.Add(cipher != 0 ? Encoding.ASCII.GetString(Text(LibSsl.CipherGetName(cipher))) : $"0x{Convert.ToHexStringLower(new ReadOnlySpan<byte>(codes + at, size))}");
        }

        return Encoding.ASCII.GetBytes(string.Join(':', names));
    }

    private static byte[] Groups(nint ssl)
    {
        var count = (int)LibSsl.Control(ssl, LibSsl.CtrlGetClientGroups, 0, 0);
        var groups = new int[Math.Max(0, count)];
        fixed (int* start = groups)
        {
            LibSsl.Control(ssl, LibSsl.CtrlGetClientGroups, 0, (nint)start);
        }

        return Encoding.ASCII.GetBytes(string.Join(':', groups.Select(group => Encoding.ASCII.GetString(GroupName(group)))));
    }

    private static byte[] GroupName(int group) => group switch
    {
        <= 0 => [],
        _ when (group & UnknownGroup) != 0 => Encoding.ASCII.GetBytes($"0x{group & 0xFFFF:x4}"),
        _ => Text(LibCrypto.ShortName(group)),
    };

    private static byte[] Verification(nint ssl)
    {
        var certificate = LibSsl.GetPeerCertificate(ssl);
        if (certificate == 0)
        {
            return "NONE"u8.ToArray();
        }

        LibCrypto.CertificateFree(certificate);
        var result = LibSsl.GetVerifyResult(ssl);
        return result == 0 ? "SUCCESS"u8.ToArray() : [.. "FAILED:"u8, .. Text(LibCrypto.VerifyErrorText(result))];
    }

    private static byte[] ReadCertificate(nint ssl, TlsField field)
    {
        var handle = LibSsl.GetPeerCertificate(ssl);
        if (handle == 0)
        {
            return [];
        }

        try
        {
            return field switch
            {
                TlsField.ClientSubject => Name(LibCrypto.CertificateSubject(handle)),
                TlsField.ClientIssuer => Name(LibCrypto.CertificateIssuer(handle)),
                _ => Encoding.ASCII.GetBytes(ReadCertificate(PemObjects.ToDer(handle), field)),
            };
        }
        finally
        {
            LibCrypto.CertificateFree(handle);
        }
    }

    private static string ReadCertificate(byte[] der, TlsField field)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(der);
        return field switch
        {
            TlsField.ClientRawCertificate => certificate.ExportCertificatePem() + "\n",
            TlsField.ClientCertificate => certificate.ExportCertificatePem().ReplaceLineEndings("\n\t"),
            TlsField.ClientEscapedCertificate => Uri.EscapeDataString(certificate.ExportCertificatePem() + "\n"),
#pragma warning disable CA5350 // Not for security: what nginx prints, and what allow-lists of operators hold.
            TlsField.ClientFingerprint => Convert.ToHexStringLower(SHA1.HashData(der)),
#pragma warning restore CA5350
            TlsField.ClientSerial => certificate.SerialNumber,
            TlsField.ClientValidStart => Time(certificate.NotBefore),
            TlsField.ClientValidEnd => Time(certificate.NotAfter),
            TlsField.ClientValidRemain => Math.Max(0, (long)(certificate.NotAfter.ToUniversalTime() - DateTime.UtcNow).TotalDays).ToString(CultureInfo.InvariantCulture),
            _ => "",
        };
    }

    /// <summary>As <c>ASN1_TIME_print</c> writes it.</summary>
    private static string Time(DateTime time)
    {
        var utc = time.ToUniversalTime();
        return string.Create(CultureInfo.InvariantCulture, $"{utc:MMM} {utc.Day,2} {utc:HH:mm:ss yyyy} GMT");
    }

    private static byte[] Name(nint name)
    {
        const nuint Rfc2253 = 0x1 | 0x2 | 0x4 | 0x10 | 0x100 | 0x200 | (1 << 16) | (1 << 20) | (1 << 24);
        var bio = LibCrypto.BioNew(LibCrypto.BioMemoryMethod());
        _ = LibCrypto.NamePrint(bio, name, 0, Rfc2253);
        var text = new List<byte>();
        Span<byte> part = stackalloc byte[256];
        fixed (byte* start = part)
        {
            int read;
            while ((read = LibCrypto.BioRead(bio, start, part.Length)) > 0)
            {
                text.AddRange(part[..read]);
            }
        }

        _ = LibCrypto.BioFree(bio);
        return [.. text];
    }

    private static byte[] Text(byte* text) => text is null ? [] : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text).ToArray();
}
