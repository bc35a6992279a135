using System.Runtime.InteropServices;

namespace Balancer.Tls.OpenSsl;

/// <summary>Owns an <c>SSL_CTX</c>. Connections hold a reference of their own, so one that was replaced lives on until its last connection ends.</summary>
internal sealed class SslContextHandle : SafeHandle
{
    /// <summary>Makes a context for the server's side of connections, or the client's.</summary>
    /// <exception cref="OpenSslException">OpenSSL has none.</exception>
    public SslContextHandle(bool isClient = false)
        : base(0, ownsHandle: true)
    {
        SetHandle(LibSsl.ContextNew(isClient ? LibSsl.ClientMethod() : LibSsl.ServerMethod()));
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
