namespace Balancer.Http;

/// <summary>What can be told of a TLS session: the <c>$ssl_*</c> variables.</summary>
internal enum TlsField
{
    /// <summary>The protocol chosen by ALPN (<c>$ssl_alpn_protocol</c>).</summary>
    AlpnProtocol,

    /// <summary>The cipher (<c>$ssl_cipher</c>).</summary>
    Cipher,

    /// <summary>The ciphers the client offers, separated by colons; of new sessions only (<c>$ssl_ciphers</c>).</summary>
    Ciphers,

    /// <summary>The group of the key exchange (<c>$ssl_curve</c>).</summary>
    Curve,

    /// <summary>The groups the client offers, separated by colons; of new sessions only (<c>$ssl_curves</c>).</summary>
    Curves,

    /// <summary>The version, <c>TLSv1.2</c> or <c>TLSv1.3</c> (<c>$ssl_protocol</c>).</summary>
    Protocol,

    /// <summary>The name the client asked for (<c>$ssl_server_name</c>).</summary>
    ServerName,

    /// <summary>The session's id in hexadecimal digits (<c>$ssl_session_id</c>).</summary>
    SessionId,

    /// <summary><c>r</c> when the session was resumed, else a dot (<c>$ssl_session_reused</c>).</summary>
    SessionReused,

    /// <summary>The client's certificate in PEM form, lines after the first indented by a tab (<c>$ssl_client_cert</c>).</summary>
    ClientCertificate,

    /// <summary>The client's certificate in PEM form, percent-encoded (<c>$ssl_client_escaped_cert</c>).</summary>
    ClientEscapedCertificate,

    /// <summary>SHA-1 of the client's certificate in hexadecimal digits (<c>$ssl_client_fingerprint</c>).</summary>
    ClientFingerprint,

    /// <summary>Who issued the client's certificate, in the form of RFC 2253 (<c>$ssl_client_i_dn</c>).</summary>
    ClientIssuer,

    /// <summary>The client's certificate in PEM form (<c>$ssl_client_raw_cert</c>).</summary>
    ClientRawCertificate,

    /// <summary>Whom the client's certificate names, in the form of RFC 2253 (<c>$ssl_client_s_dn</c>).</summary>
    ClientSubject,

    /// <summary>The serial number of the client's certificate (<c>$ssl_client_serial</c>).</summary>
    ClientSerial,

    /// <summary>When the client's certificate expires (<c>$ssl_client_v_end</c>).</summary>
    ClientValidEnd,

    /// <summary>In how many days the client's certificate expires (<c>$ssl_client_v_remain</c>).</summary>
    ClientValidRemain,

    /// <summary>When the client's certificate became valid (<c>$ssl_client_v_start</c>).</summary>
    ClientValidStart,

    /// <summary><c>SUCCESS</c>, <c>FAILED:reason</c>, or <c>NONE</c> without a certificate (<c>$ssl_client_verify</c>).</summary>
    ClientVerify,
}
