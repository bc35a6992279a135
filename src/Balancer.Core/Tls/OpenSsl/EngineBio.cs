using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Balancer.Tls.OpenSsl;

/// <summary>
/// The BIO by which OpenSSL reads what the socket gave and writes what the socket shall send: both are held by the <see cref="TlsEngine"/>
/// whose call is running on this thread, so nothing managed is ever kept by OpenSSL.
/// </summary>
internal static unsafe class EngineBio
{
    private static readonly nint Method = CreateMethod();

    /// <summary>Makes a BIO; <c>SSL_set_bio</c> takes it over.</summary>
    public static nint Create()
    {
        var bio = LibCrypto.BioNew(Method);
        if (bio == 0)
        {
            throw OpenSslException.FromQueue("no BIO");
        }

        LibCrypto.BioSetInitialized(bio, 1);
        return bio;
    }

    private static nint CreateMethod()
    {
        var method = LibCrypto.BioMethodNew(LibCrypto.BioNewIndex() | LibCrypto.BioSourceSink, "pipe");
        _ = LibCrypto.BioMethodSetRead(method, (nint)(delegate* unmanaged[Cdecl]<nint, byte*, int, int>)&Read);
        _ = LibCrypto.BioMethodSetWrite(method, (nint)(delegate* unmanaged[Cdecl]<nint, byte*, int, int>)&Write);
        _ = LibCrypto.BioMethodSetControl(method, (nint)(delegate* unmanaged[Cdecl]<nint, int, nint, nint, nint>)&Control);
        return method;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(nint bio, byte* buffer, int length)
    {
        LibCrypto.BioClearFlags(bio, LibCrypto.BioFlagsReadRetry);
        var count = TlsEngine.Current is { } engine ? engine.TakeInput(new Span<byte>(buffer, length)) : 0;
        if (count > 0)
        {
            return count;
        }

        LibCrypto.BioSetFlags(bio, LibCrypto.BioFlagsReadRetry);
        return -1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(nint bio, byte* data, int length) =>
        TlsEngine.Current is { } engine && engine.TryPutOutput(new ReadOnlySpan<byte>(data, length)) ? length : -1;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Control(nint bio, int command, nint number, nint pointer) => command == LibCrypto.BioControlFlush ? 1 : 0;
}
