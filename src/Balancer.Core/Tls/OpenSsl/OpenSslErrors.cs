using System.Runtime.InteropServices;

namespace Balancer.Tls.OpenSsl;

/// <summary>OpenSSL's error queue, of which every thread has its own.</summary>
internal static unsafe class OpenSslErrors
{
    private const ulong ReasonMask = 0x7FFFFF;
    private const int LibraryShift = 23;
    private const ulong LibraryMask = 0xFF;
    private const ulong SslLibrary = 20;

    /// <summary>
    /// Empties the queue before a call whose outcome <c>SSL_get_error</c> shall tell, which looks at the queue too. It is nearly always
    /// empty, and clearing an empty one costs OpenSSL more than all we do around a record.
    /// </summary>
    public static void Forget()
    {
        if (LibCrypto.PeekError() != 0)
        {
            LibCrypto.ClearErrors();
        }
    }

    /// <summary>The text of the oldest error, which is nearest to the cause; empties the queue. Empty when there is none.</summary>
    public static string Take()
    {
        var error = LibCrypto.PeekError();
        var text = error == 0 ? null : Marshal.PtrToStringUTF8((nint)LibCrypto.ReasonText(error));
        LibCrypto.ClearErrors();
        return text ?? "";
    }

    /// <summary>The reason number (<c>SSL_R_*</c>) of the last error if it is libssl's, else 0; leaves the queue as it is.</summary>
    public static int PeekSslReason()
    {
        var error = LibCrypto.PeekLastError();
        return ((error >> LibraryShift) & LibraryMask) == SslLibrary ? (int)(error & ReasonMask) : 0;
    }
}
