using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Balancer.Tls.OpenSsl;

/// <summary>What OpenSSL asks during a handshake. The answers come from the context of the engine whose call runs on this thread.</summary>
internal static unsafe class EngineCallbacks
{
    private const int VectorLength = 16;

    private static readonly nint TicketCipher = LibCrypto.CipherFetch(0, "AES-256-CBC", 0);

    private static ReadOnlySpan<byte> KeyName => "key\0"u8;

    private static ReadOnlySpan<byte> DigestName => "digest\0"u8;

    private static ReadOnlySpan<byte> Digest => "SHA256\0"u8;

    /// <summary>Chooses a protocol among those the client offers.</summary>
    public static nint SelectProtocol => (nint)(delegate* unmanaged[Cdecl]<nint, byte**, byte*, byte*, uint, nint, int>)&OnSelectProtocol;

    /// <summary>Seals and opens session tickets.</summary>
    public static nint TicketKeys => (nint)(delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint, nint, int, int>)&OnTicketKey;

    /// <summary>Staples the status of the certificate (RFC 6066 section 8).</summary>
    public static nint StapleStatus => (nint)(delegate* unmanaged[Cdecl]<nint, nint, int>)&OnStatus;

    /// <summary>Lets a handshake go on with a client certificate that does not verify: the request is then answered 400, which says more than an alert.</summary>
    public static nint AcceptCertificate => (nint)(delegate* unmanaged[Cdecl]<int, nint, int>)&OnVerify;

    /// <summary>Takes the session a server offers to resume.</summary>
    public static nint TakeSession => (nint)(delegate* unmanaged[Cdecl]<nint, nint, int>)&OnNewSession;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnNewSession(nint ssl, nint session) => TlsEngine.Current?.Sessions?.TryKeep(session) ?? false ? 1 : 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnVerify(int isVerified, nint store) => 1;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnStatus(nint ssl, nint argument)
    {
        if (TlsEngine.Current?.Context?.FindStaple(LibSsl.GetCertificate(ssl)) is not { } response)
        {
            return LibSsl.ExtensionIgnored;
        }

        // OpenSSL frees it.
        var copy = LibCrypto.Allocate((nuint)response.Length, 0, 0);
        if (copy is null)
        {
            return LibSsl.ExtensionIgnored;
        }

        response.CopyTo(new Span<byte>(copy, response.Length));
        LibSsl.Control(ssl, LibSsl.CtrlSetStatusResponse, response.Length, (nint)copy);
        return LibSsl.ExtensionOk;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnSelectProtocol(nint ssl, byte** selected, byte* selectedLength, byte* offered, uint offeredLength, nint argument)
    {
        if (TlsEngine.Current?.Context is not { } context)
        {
            return LibSsl.ExtensionFatal;
        }

        var offer = new ReadOnlySpan<byte>(offered, (int)offeredLength);
        foreach (var protocol in context.Protocols)
        {
            var at = AlpnOffer.IndexOf(offer, protocol);
            if (at >= 0)
            {
                *selected = offered + at;
                *selectedLength = (byte)protocol.Length;
                return LibSsl.ExtensionOk;
            }
        }

        return LibSsl.ExtensionFatal;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnTicketKey(nint ssl, byte* name, byte* vector, nint cipher, nint mac, int isSealing)
    {
        const int Failed = -1;
        const int Unknown = 0;
        const int Good = 1;
        const int GoodButRenew = 2;
        if (TlsEngine.Current?.Context?.Tickets is not { } ring)
        {
            return isSealing != 0 ? Failed : Unknown;
        }

        var isCurrent = true;
        TicketKey? key;
        if (isSealing != 0)
        {
            key = ring.Current;
            key.Name.CopyTo(new Span<byte>(name, TicketKey.NameLength));
            RandomNumberGenerator.Fill(new Span<byte>(vector, VectorLength));
        }
        else
        {
            key = ring.Find(new ReadOnlySpan<byte>(name, TicketKey.NameLength), out isCurrent);
            if (key is null)
            {
                return Unknown;
            }
        }

        fixed (byte* macKey = key.MacKey, cipherKey = key.CipherKey, keyName = KeyName, digestName = DigestName, digest = Digest)
        {
            var parameters = stackalloc OsslParameter[]
            {
                OsslParameter.Bytes(keyName, macKey, key.MacKey.Length),
                OsslParameter.Text(digestName, digest, Digest.Length - 1),
                default,
            };
            if (LibCrypto.MacSetParameters(mac, parameters) != 1)
            {
                return Failed;
            }

            var isReady = isSealing != 0 ? LibCrypto.EncryptInit(cipher, TicketCipher, 0, cipherKey, vector) : LibCrypto.DecryptInit(cipher, TicketCipher, 0, cipherKey, vector);
            if (isReady != 1)
            {
                return Failed;
            }

            // A ticket of TLS 1.3 is used once (RFC 8446 appendix C.4): who comes with one goes with another.
            return isCurrent && (isSealing != 0 || LibSsl.Version(ssl) != LibSsl.Tls13) ? Good : GoodButRenew;
        }
    }
}
