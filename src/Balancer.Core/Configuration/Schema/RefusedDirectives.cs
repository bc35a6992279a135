using System.Diagnostics.CodeAnalysis;

namespace Balancer.Configuration.Schema;

/// <summary>Directives of nginx that are no keys here, and what to do instead. Nothing is ignored, so each is refused with its reason.</summary>
internal static class RefusedDirectives
{
    /// <summary>What is said of a directive whose feature does not exist yet.</summary>
    public const string NotYet = "is not supported yet";

    private const string Needless = "is needless here: ";
    private const string NoFiles = "is not supported: balancerd serves files of a 'root' as they are, and nothing else";

    private static readonly string[] NotYetPrefixes = ["http3", "quic_", "proxy_cache", "auth_jwt", "auth_oidc", "auth_require", "gzip", "fastcgi_", "uwsgi_", "scgi_", "memcached_", "sub_filter", "brotli", "js_", "perl_", "geoip", "status_zone", "zone_sync"];

    private static readonly HashSet<string> NotYetNames = new(StringComparer.Ordinal)
    {
        "sticky_cookie_insert", "rewrite_log",
        "mirror", "mirror_request_body",
        "limit_rate", "limit_rate_after", "proxy_bind", "proxy_limit_rate", "proxy_ignore_headers", "proxy_store", "proxy_pass_trailers", "proxy_socket_keepalive",
        "ntlm", "state", "keepalive_disable", "merge_slashes", "absolute_redirect", "server_name_in_redirect", "port_in_redirect", "stub_status", "api", "dav_methods",
        "ssl_ocsp", "ssl_ocsp_cache", "ssl_ocsp_responder", "ssl_password_file", "ssl_session_ticket_key", "ssl_buffer_size",
        "ssl_certificate_compression", "ssl_ech_file", "ssl_engine", "ssl_alpn", "ssl_preread",
        "grpc_bind", "grpc_ignore_headers", "grpc_socket_keepalive", "grpc_ssl_certificate_cache", "grpc_ssl_conf_command", "grpc_ssl_key_log", "grpc_ssl_password_file",
        "open_log_file_cache", "log_subrequest", "chunked_transfer_encoding", "stream", "mail", "valid_referers", "referer_hash_max_size", "userid", "secure_link", "secure_link_md5", "upstream_conf", "max_headers",
    };

    private static readonly Dictionary<string, string> Reasons = new(StringComparer.Ordinal)
    {
        ["if"] = "is not supported: choose by 'map', whose variables may stand in any text, or by locations",
        ["alias"] = NoFiles,
        ["try_files"] = "is not supported yet: balancerd serves files of a 'root' only under their own names",
        ["index"] = NoFiles,
        ["autoindex"] = NoFiles,
        ["sendfile"] = NoFiles,
        ["aio"] = NoFiles,
        ["directio"] = NoFiles,
        ["open_file_cache"] = NoFiles,
        ["log_not_found"] = NoFiles,
        ["types"] = NoFiles,
        ["etag"] = NoFiles,
        ["if_modified_since"] = NoFiles,
        ["max_ranges"] = NoFiles,
        ["http"] = "is the top level here: move its keys to the top of the file",
        ["events"] = Needless + "remove it",
        ["limit_zone"] = "is called 'limit_conn_zone'",
        ["worker_processes"] = Needless + "one process uses all the cores it may use; limit them with CPUAffinity= of the systemd unit",
        ["worker_cpu_affinity"] = Needless + "set CPUAffinity= in the systemd unit",
        ["worker_connections"] = Needless + "connections are limited by the open files of the process, LimitNOFILE= of the systemd unit",
        ["worker_rlimit_nofile"] = Needless + "set LimitNOFILE= in the systemd unit",
        ["worker_priority"] = Needless + "set Nice= in the systemd unit",
        ["user"] = Needless + "set User= in the systemd unit",
        ["env"] = Needless + "set Environment= in the systemd unit",
        ["client_header_buffer_size"] = Needless + "large_client_header_buffers bounds the head of a request",
        ["ignore_invalid_headers"] = "is not supported: a field with an invalid name is answered 400",
        ["ssl"] = "is a parameter of listen: write listen = \"443 ssl\"",
        ["ssl_session_cache"] = Needless + "sessions are resumed by tickets, for which nothing is kept here; ssl_session_timeout says for how long",
        ["ssl_stapling_verify"] = Needless + "a response is always verified with the issuer of the certificate",
        ["ssl_dhparam"] = Needless + "key exchange is by elliptic curves only, see ssl_ecdh_curve",
        ["ssl_early_data"] = "is not supported: a request sent as early data could be replayed by others",
        ["ssl_certificate_cache"] = Needless + "certificates are read once, and again when their file changes",
        ["ssl_object_cache_inheritable"] = Needless + "certificates are read once, and again when their file changes",
        ["daemon"] = Needless + "balancerd stays in the foreground, systemd starts it",
        ["master_process"] = Needless + "there is one process",
        ["load_module"] = "is not supported: there are no loadable modules",
        ["use"] = Needless + "remove it",
        ["multi_accept"] = Needless + "remove it",
        ["accept_mutex"] = Needless + "remove it",
        ["tcp_nodelay"] = Needless + "it is always on",
        ["tcp_nopush"] = Needless + "a response head and its first bytes leave in one segment anyway",
        ["reset_timedout_connection"] = Needless + "a timed out connection is always reset",
        ["lingering_close"] = Needless + "it works as nginx's default",
        ["lingering_time"] = Needless + "it works as nginx's default",
        ["lingering_timeout"] = Needless + "it works as nginx's default",
        ["http2_body_preread_size"] = Needless + "a request body is buffered up to a fixed window per stream",
        ["http2_chunk_size"] = Needless + "responses are cut into frames as they come",
        ["http2_recv_buffer_size"] = Needless + "buffers grow with what a connection receives",
        ["http2_idle_timeout"] = "is called 'keepalive_timeout'",
        ["http2_recv_timeout"] = "is called 'client_header_timeout'",
        ["http2_max_requests"] = "is called 'keepalive_requests'",
        ["http2_max_field_size"] = "is called 'large_client_header_buffers'",
        ["http2_max_header_size"] = "is called 'large_client_header_buffers'",
        ["http2_pool_size"] = Needless + "remove it",
        ["http2_streams_index_size"] = Needless + "remove it",
        ["http2_max_concurrent_pushes"] = "is not supported: clients have given server push up",
        ["http2_push"] = "is not supported: clients have given server push up",
        ["http2_push_preload"] = "is not supported: clients have given server push up",
        ["round_robin"] = Needless + "it is the method where no other is named",
        ["least_connections"] = "is called 'least_conn'",
        ["proxy_buffering"] = Needless + "responses are streamed through bounded buffers and nothing is written to disk",
        ["proxy_buffers"] = Needless + "responses are streamed through bounded buffers; proxy_buffer_size bounds the head",
        ["proxy_busy_buffers_size"] = Needless + "responses are streamed through bounded buffers",
        ["proxy_max_temp_file_size"] = Needless + "nothing is written to disk",
        ["proxy_temp_file_write_size"] = Needless + "nothing is written to disk",
        ["proxy_temp_path"] = Needless + "nothing is written to disk",
        ["proxy_request_buffering"] = Needless + "request bodies are streamed; client_body_buffer_size bounds what is kept for a retry",
        ["client_body_temp_path"] = Needless + "nothing is written to disk",
        ["client_body_in_file_only"] = Needless + "nothing is written to disk",
        ["client_body_in_single_buffer"] = Needless + "request bodies are streamed",
        ["proxy_headers_hash_max_size"] = Needless + "remove it",
        ["proxy_headers_hash_bucket_size"] = Needless + "remove it",
        ["server_names_hash_max_size"] = Needless + "remove it",
        ["server_names_hash_bucket_size"] = Needless + "remove it",
        ["variables_hash_max_size"] = Needless + "remove it",
        ["variables_hash_bucket_size"] = Needless + "remove it",
        ["types_hash_max_size"] = Needless + "remove it",
        ["map_hash_max_size"] = Needless + "remove it",
        ["map_hash_bucket_size"] = Needless + "remove it",
        ["connection_pool_size"] = Needless + "remove it",
        ["request_pool_size"] = Needless + "remove it",
        ["output_buffers"] = Needless + "remove it",
        ["postpone_output"] = Needless + "remove it",
        ["pcre_jit"] = Needless + "remove it",
        ["timer_resolution"] = Needless + "remove it",
        ["thread_pool"] = Needless + "remove it",
        ["lock_file"] = Needless + "remove it",
        ["worker_aio_requests"] = Needless + "remove it",
    };

    /// <summary>What follows <c>grpc_</c> in the directives of nginx whose namesakes with <c>proxy_</c> are keys here.</summary>
    private static readonly HashSet<string> GrpcNamesakes = new(StringComparer.Ordinal)
    {
        "buffer_size", "connect_timeout", "hide_header", "intercept_errors", "next_upstream", "next_upstream_timeout", "next_upstream_tries", "pass_header", "read_timeout", "send_timeout", "set_header",
        "ssl_certificate", "ssl_certificate_key", "ssl_ciphers", "ssl_crl", "ssl_name", "ssl_protocols", "ssl_server_name", "ssl_session_reuse", "ssl_trusted_certificate", "ssl_verify", "ssl_verify_depth",
    };

    /// <summary>The reason a directive is refused, to be read after its name.</summary>
    public static bool TryGetReason(string name, [NotNullWhen(true)] out string? reason)
    {
        if (name.StartsWith("grpc_", StringComparison.Ordinal) && GrpcNamesakes.Contains(name["grpc_".Length..]))
        {
            reason = $"is called 'proxy_{name["grpc_".Length..]}', which holds for grpc_pass too";
            return true;
        }

        if (Reasons.TryGetValue(name, out reason))
        {
            return true;
        }

        reason = NotYetNames.Contains(name) || Array.Exists(NotYetPrefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal)) ? NotYet : null;
        return reason is not null;
    }
}
