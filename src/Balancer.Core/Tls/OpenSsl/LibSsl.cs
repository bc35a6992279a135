using System.Runtime.InteropServices;

namespace Balancer.Tls.OpenSsl;

/// <summary>
/// The functions of OpenSSL's libssl (3.0 and newer) that are used here, under their names without <c>SSL_</c> where that reads well.
/// Pointers to <c>SSL</c> and <c>SSL_CTX</c> are plain numbers; who owns one is said where it is kept.
/// </summary>
internal static unsafe partial class LibSsl
{
    public const int ErrorSsl = 1;
    public const int ErrorWantRead = 2;
    public const int ErrorZeroReturn = 6;

    public const int Tls12 = 0x0303;
    public const int Tls13 = 0x0304;

    public const int VerifyNone = 0;
    public const int VerifyPeer = 1;

    public const int CtrlMode = 33;
    public const int CtrlSetReadAhead = 41;
    public const int CtrlSetSessionCacheMode = 44;
    public const int CtrlSetServerName = 55;
    public const int CtrlSetMaxSendFragment = 52;
    public const int CtrlSetStatusCallback = 63;
    public const int CtrlSetStatusResponse = 71;
    public const int CtrlChainCertificate = 89;
    public const int CtrlSetGroupsList = 92;
    public const int CtrlSetMinVersion = 123;
    public const int CtrlSetMaxVersion = 124;
    public const int CtrlGetClientGroups = 90;
    public const int CtrlGetClientCiphers = 110;
    public const int CtrlGetNegotiatedGroup = 134;

    /// <summary>Frees the record buffers of a connection while it is idle.</summary>
    public const long ModeReleaseBuffers = 0x10;

    /// <summary>Does not complete the chain sent from the trusted certificates of clients.</summary>
    public const long ModeNoAutoChain = 0x08;

    /// <summary>Tells of new sessions, and keeps none itself.</summary>
    public const int SessionsOfClients = 0x1 | 0x300;

    public const ulong OptionNoTicket = 1UL << 14;
    public const ulong OptionNoCompression = 1UL << 17;
    public const ulong OptionServerPreference = 1UL << 22;
    public const ulong OptionNoRenegotiation = 1UL << 30;

    public const int ExtensionOk = 0;
    public const int ExtensionFatal = 2;
    public const int ExtensionIgnored = 3;

    private const string Library = "libssl.so.3";

    [LibraryImport(Library, EntryPoint = "TLS_server_method")]
    public static partial nint ServerMethod();

    [LibraryImport(Library, EntryPoint = "TLS_client_method")]
    public static partial nint ClientMethod();

    [LibraryImport(Library, EntryPoint = "SSL_set_connect_state")]
    public static partial void SetConnectState(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_set1_host", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetVerifiedHost(nint ssl, string name);

    [LibraryImport(Library, EntryPoint = "SSL_get0_param")]
    public static partial nint GetVerifyParameters(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_set_session")]
    public static partial int SetSession(nint ssl, nint session);

    [LibraryImport(Library, EntryPoint = "SSL_SESSION_free")]
    public static partial void SessionFree(nint session);

    [LibraryImport(Library, EntryPoint = "SSL_SESSION_is_resumable")]
    public static partial int SessionIsResumable(nint session);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_sess_set_new_cb")]
    public static partial void ContextSetNewSessionCallback(SslContextHandle context, nint callback);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_default_verify_paths")]
    public static partial int ContextTrustSystem(SslContextHandle context);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_new")]
    public static partial nint ContextNew(nint method);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_free")]
    public static partial void ContextFree(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_ctrl")]
    public static partial nint ContextControl(SslContextHandle context, int command, nint number, nint pointer);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_callback_ctrl")]
    public static partial nint ContextSetCallback(SslContextHandle context, int command, nint callback);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_options")]
    public static partial ulong ContextSetOptions(SslContextHandle context, ulong options);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_timeout")]
    public static partial nint ContextSetTimeout(SslContextHandle context, nint seconds);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_num_tickets")]
    public static partial int ContextSetTicketCount(SslContextHandle context, nuint count);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_session_id_context")]
    public static partial int ContextSetSessionIdContext(SslContextHandle context, byte* id, uint length);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_cipher_list", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ContextSetCiphers(SslContextHandle context, string ciphers);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_get_ciphers")]
    public static partial nint ContextGetCiphers(SslContextHandle context);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_use_certificate")]
    public static partial int ContextUseCertificate(SslContextHandle context, nint certificate);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_use_PrivateKey")]
    public static partial int ContextUsePrivateKey(SslContextHandle context, nint key);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_check_private_key")]
    public static partial int ContextCheckPrivateKey(SslContextHandle context);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_verify")]
    public static partial void ContextSetVerify(SslContextHandle context, int mode, nint callback);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_verify_depth")]
    public static partial void ContextSetVerifyDepth(SslContextHandle context, int depth);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_add_client_CA")]
    public static partial int ContextAddClientCa(SslContextHandle context, nint certificate);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_get_cert_store")]
    public static partial nint ContextGetStore(SslContextHandle context);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_alpn_select_cb")]
    public static partial void ContextSetAlpnCallback(SslContextHandle context, nint callback, nint argument);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_tlsext_ticket_key_evp_cb")]
    public static partial int ContextSetTicketCallback(SslContextHandle context, nint callback);

    [LibraryImport(Library, EntryPoint = "SSL_CONF_CTX_new")]
    public static partial nint ConfNew();

    [LibraryImport(Library, EntryPoint = "SSL_CONF_CTX_free")]
    public static partial void ConfFree(nint conf);

    [LibraryImport(Library, EntryPoint = "SSL_CONF_CTX_set_flags")]
    public static partial uint ConfSetFlags(nint conf, uint flags);

    [LibraryImport(Library, EntryPoint = "SSL_CONF_CTX_set_ssl_ctx")]
    public static partial void ConfSetContext(nint conf, SslContextHandle context);

    [LibraryImport(Library, EntryPoint = "SSL_CONF_cmd", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ConfCommand(nint conf, string command, string value);

    [LibraryImport(Library, EntryPoint = "SSL_CONF_CTX_finish")]
    public static partial int ConfFinish(nint conf);

    [LibraryImport(Library, EntryPoint = "SSL_new")]
    public static partial nint New(SslContextHandle context);

    [LibraryImport(Library, EntryPoint = "SSL_free")]
    public static partial void Free(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_set_bio")]
    public static partial void SetBio(nint ssl, nint read, nint write);

    [LibraryImport(Library, EntryPoint = "SSL_set_accept_state")]
    public static partial void SetAcceptState(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_do_handshake")]
    public static partial int DoHandshake(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_read")]
    public static partial int Read(nint ssl, byte* buffer, int length);

    [LibraryImport(Library, EntryPoint = "SSL_write")]
    public static partial int Write(nint ssl, byte* buffer, int length);

    [LibraryImport(Library, EntryPoint = "SSL_shutdown")]
    public static partial int Shutdown(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_error")]
    [SuppressGCTransition]
    public static partial int GetError(nint ssl, int result);

    [LibraryImport(Library, EntryPoint = "SSL_has_pending")]
    [SuppressGCTransition]
    public static partial int HasPending(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_ctrl")]
    public static partial nint Control(nint ssl, int command, nint number, nint pointer);

    [LibraryImport(Library, EntryPoint = "SSL_version")]
    public static partial int Version(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_session_reused")]
    public static partial int SessionReused(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_session")]
    public static partial nint GetSession(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_SESSION_get_id")]
    public static partial byte* SessionGetId(nint session, out uint length);

    [LibraryImport(Library, EntryPoint = "SSL_get_current_cipher")]
    public static partial nint GetCurrentCipher(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_pending_cipher")]
    public static partial nint GetPendingCipher(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_CIPHER_get_name")]
    public static partial byte* CipherGetName(nint cipher);

    [LibraryImport(Library, EntryPoint = "SSL_CIPHER_is_aead")]
    public static partial int CipherIsAead(nint cipher);

    /// <summary>0 when it went well, unlike all others.</summary>
    [LibraryImport(Library, EntryPoint = "SSL_set_alpn_protos")]
    public static partial int SetAlpnProtocols(nint ssl, byte* protocols, uint length);

    [LibraryImport(Library, EntryPoint = "SSL_get0_alpn_selected")]
    public static partial void GetAlpnSelected(nint ssl, out byte* protocol, out uint length);

    [LibraryImport(Library, EntryPoint = "SSL_get_certificate")]
    public static partial nint GetCertificate(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get1_peer_certificate")]
    public static partial nint GetPeerCertificate(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_verify_result")]
    public static partial nint GetVerifyResult(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_CIPHER_find")]
    public static partial nint CipherFind(nint ssl, byte* code);
}
