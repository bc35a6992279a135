using System.Runtime.InteropServices;

namespace Balancer.Tls.OpenSsl;

/// <summary>Owns an <c>SSL_CTX</c>. Connections hold a reference of their own, so one that was replaced lives on until its last connection ends.</summary>
internal sealed class SslContextHandle : SafeHandle
{
    /// <summary>Makes a context for servers.</summary>
    /// <exception cref="OpenSslException">OpenSSL has none.</exception>
    public SslContextHandle()
        : base(0, ownsHandle: true)
    {
        SetHandle(LibSsl.ContextNew(LibSsl.ServerMethod()));
        if (IsInvalid)
        {
            throw OpenSslException.FromQueue("no TLS context");
        }
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibSsl.ContextFree(handle);
        return true;
    }
}
