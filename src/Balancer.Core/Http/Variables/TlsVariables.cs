namespace Balancer.Http.Variables;

/// <summary>What was agreed on with the client by TLS; empty on connections without it.</summary>
internal static class TlsVariables
{
    /// <summary>These variables by name.</summary>
    public static IEnumerable<KeyValuePair<string, VariableReader>> All { get; } =
    [
        Field("ssl_alpn_protocol", TlsField.AlpnProtocol),
        Field("ssl_cipher", TlsField.Cipher),
        Field("ssl_ciphers", TlsField.Ciphers),
        Field("ssl_client_cert", TlsField.ClientCertificate),
        Field("ssl_client_escaped_cert", TlsField.ClientEscapedCertificate),
        Field("ssl_client_fingerprint", TlsField.ClientFingerprint),
        Field("ssl_client_i_dn", TlsField.ClientIssuer),
        Field("ssl_client_raw_cert", TlsField.ClientRawCertificate),
        Field("ssl_client_s_dn", TlsField.ClientSubject),
        Field("ssl_client_serial", TlsField.ClientSerial),
        Field("ssl_client_v_end", TlsField.ClientValidEnd),
        Field("ssl_client_v_remain", TlsField.ClientValidRemain),
        Field("ssl_client_v_start", TlsField.ClientValidStart),
        Field("ssl_client_verify", TlsField.ClientVerify),
        Field("ssl_curve", TlsField.Curve),
        Field("ssl_curves", TlsField.Curves),
        Field("ssl_protocol", TlsField.Protocol),
        Field("ssl_server_name", TlsField.ServerName),
        Field("ssl_session_id", TlsField.SessionId),
        Field("ssl_session_reused", TlsField.SessionReused),
    ];

    private static KeyValuePair<string, VariableReader> Field(string name, TlsField field) => new(name, (exchange, output) =>
    {
        var value = exchange.Connection.Tls is { } tls ? tls.Field(field) : default;
        output.Append(value);
        return !value.IsEmpty;
    });
}
