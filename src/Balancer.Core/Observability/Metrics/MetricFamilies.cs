namespace Balancer.Observability.Metrics;

/// <summary>Every metric there is, in the order they are shown.</summary>
internal static class MetricFamilies
{
    private static readonly List<MetricFamily> Families = [];

    public static readonly MetricFamily Requests = Add(MetricKind.Counter, "balancer_http_requests", null, "Requests answered, by class of the status logged", "virtual_server", "location", "code");
    public static readonly MetricFamily RequestDuration = Add(MetricKind.Histogram, "balancer_http_request_duration_seconds", "seconds", "Time from the first byte of a request to the end of its response", "virtual_server", "location");
    public static readonly MetricFamily ReceivedBytes = Add(MetricKind.Counter, "balancer_http_received_bytes", "bytes", "Bytes of requests received from clients: heads and payloads, without the framing of chunks", "virtual_server", "location");
    public static readonly MetricFamily SentBytes = Add(MetricKind.Counter, "balancer_http_sent_bytes", "bytes", "Bytes of responses sent to clients, heads and framing included", "virtual_server", "location");
    public static readonly MetricFamily RequestsInFlight = Add(MetricKind.Gauge, "balancer_http_requests_in_flight", null, "Requests being served");
    public static readonly MetricFamily RequestErrors = Add(MetricKind.Counter, "balancer_http_request_errors", null, "Requests that went wrong, by what and through whose fault", "reason");
    public static readonly MetricFamily MalformedRequests = Add(MetricKind.Counter, "balancer_http_malformed_requests", null, "Requests refused for their head, by what was wrong with it", "reason");
    public static readonly MetricFamily DroppedHeaderFields = Add(MetricKind.Counter, "balancer_http_dropped_header_fields", null, "Header fields of requests dropped for an underscore in their name");
    public static readonly MetricFamily AccessDenied = Add(MetricKind.Counter, "balancer_http_access_denied", null, "Requests that were not let in, by what kept them out", "reason");

    public static readonly MetricFamily ConnectionsAccepted = Add(MetricKind.Counter, "balancer_downstream_connections_accepted", null, "Client connections accepted");
    public static readonly MetricFamily ConnectionsRefused = Add(MetricKind.Counter, "balancer_downstream_connections_refused", null, "Client connections closed at once, for a limit or a bad PROXY protocol header");
    public static readonly MetricFamily ConnectionsActive = Add(MetricKind.Gauge, "balancer_downstream_connections_active", null, "Client connections open");
    public static readonly MetricFamily TunnelsOpened = Add(MetricKind.Counter, "balancer_downstream_tunnels_opened", null, "Connections that have switched to another protocol, such as WebSocket");
    public static readonly MetricFamily TunnelsActive = Add(MetricKind.Gauge, "balancer_downstream_tunnels_active", null, "Tunnels of other protocols open");
    public static readonly MetricFamily TunnelsCut = Add(MetricKind.Counter, "balancer_downstream_tunnels_cut", null, "Tunnels cut at the end of worker_shutdown_timeout");

    public static readonly MetricFamily TlsHandshakes = Add(MetricKind.Counter, "balancer_tls_handshakes", null, "TLS handshakes done, by version and by whether a session was resumed", "version", "resumed");
    public static readonly MetricFamily TlsHandshakeFailures = Add(MetricKind.Counter, "balancer_tls_handshake_failures", null, "TLS handshakes that failed, by reason", "reason");
    public static readonly MetricFamily TlsPlainRequests = Add(MetricKind.Counter, "balancer_tls_plain_connections", null, "Connections without TLS on an address that speaks it");
    public static readonly MetricFamily TlsCertificateExpiry = Add(MetricKind.Gauge, "balancer_tls_certificate_expiry_timestamp_seconds", "seconds", "Unix time a certificate in use expires", "certificate");
    public static readonly MetricFamily TlsRenewals = Add(MetricKind.Counter, "balancer_tls_certificate_renewals", null, "Times the files of a certificate changed without a reload, or had expired at one, by whether the new ones were used", "result");
    public static readonly MetricFamily TlsOcspFetches = Add(MetricKind.Counter, "balancer_tls_ocsp_fetches", null, "Times a responder was asked for the status of a certificate, by result", "result");

    public static readonly MetricFamily Http2Connections = Add(MetricKind.Counter, "balancer_http2_connections", null, "Client connections that spoke HTTP/2");
    public static readonly MetricFamily Http2ConnectionsActive = Add(MetricKind.Gauge, "balancer_http2_connections_active", null, "Client connections open that speak HTTP/2");
    public static readonly MetricFamily Http2Requests = Add(MetricKind.Counter, "balancer_http2_requests", null, "Requests received over HTTP/2");
    public static readonly MetricFamily Http2ConnectionErrors = Add(MetricKind.Counter, "balancer_http2_connection_errors", null, "HTTP/2 connections ended for an error of the client, by the code it was told", "code");
    public static readonly MetricFamily Http2Faults = Add(MetricKind.Counter, "balancer_http2_faults", null, "HTTP/2 connections ended for floods and the like, by what the client did", "reason");

    public static readonly MetricFamily LimitReqRequests = Add(MetricKind.Counter, "balancer_limit_req_requests", null, "Requests that limit_req counted, by zone and by what became of them", "zone", "outcome");
    public static readonly MetricFamily LimitReqEvictions = Add(MetricKind.Counter, "balancer_limit_req_evictions", null, "Keys of limit_req forgotten before their time since the zone was full", "zone");
    public static readonly MetricFamily LimitReqKeys = Add(MetricKind.Gauge, "balancer_limit_req_keys", null, "Keys in the zone", "zone");
    public static readonly MetricFamily LimitReqUsedBytes = Add(MetricKind.Gauge, "balancer_limit_req_used_bytes", "bytes", "Bytes of the zone in use", "zone");
    public static readonly MetricFamily LimitReqSize = Add(MetricKind.Gauge, "balancer_limit_req_size_bytes", "bytes", "Bytes the zone may occupy", "zone");
    public static readonly MetricFamily LimitConnRequests = Add(MetricKind.Counter, "balancer_limit_conn_requests", null, "Requests that limit_conn counted, by zone and by what became of them", "zone", "outcome");
    public static readonly MetricFamily LimitConnKeys = Add(MetricKind.Gauge, "balancer_limit_conn_keys", null, "Keys with requests in progress", "zone");
    public static readonly MetricFamily LimitConnUsedBytes = Add(MetricKind.Gauge, "balancer_limit_conn_used_bytes", "bytes", "Bytes of the zone in use", "zone");
    public static readonly MetricFamily LimitConnSize = Add(MetricKind.Gauge, "balancer_limit_conn_size_bytes", "bytes", "Bytes the zone may occupy", "zone");

    public static readonly MetricFamily UpstreamRequests = Add(MetricKind.Counter, "balancer_upstream_requests", null, "Tries on an upstream server, by class of the status received; none is a try without response", "upstream", "server", "code");
    public static readonly MetricFamily UpstreamResponseDuration = Add(MetricKind.Histogram, "balancer_upstream_response_duration_seconds", "seconds", "Time from the start of a try to the last byte of the response", "upstream", "server");
    public static readonly MetricFamily UpstreamFailures = Add(MetricKind.Counter, "balancer_upstream_failures", null, "Tries that failed, by reason; status is a response passed over for another server", "upstream", "server", "reason");
    public static readonly MetricFamily UpstreamRetries = Add(MetricKind.Counter, "balancer_upstream_retries", null, "Tries that went on to another server", "upstream", "server");
    public static readonly MetricFamily UpstreamEjections = Add(MetricKind.Counter, "balancer_upstream_ejections", null, "Times the server was put out after max_fails failures", "upstream", "server");
    public static readonly MetricFamily UpstreamHealthChecks = Add(MetricKind.Counter, "balancer_upstream_health_checks", null, "Active checks of the server, by result", "upstream", "server", "result");
    public static readonly MetricFamily UpstreamSentBytes = Add(MetricKind.Counter, "balancer_upstream_sent_bytes", "bytes", "Bytes of requests sent to the server: heads and payloads, without the framing of chunks", "upstream", "server");
    public static readonly MetricFamily UpstreamReceivedBytes = Add(MetricKind.Counter, "balancer_upstream_received_bytes", "bytes", "Bytes of responses received from the server: heads and payloads, without the framing of chunks", "upstream", "server");
    public static readonly MetricFamily UpstreamConnectionsActive = Add(MetricKind.Gauge, "balancer_upstream_connections_active", null, "Connections to the server that carry a request", "upstream", "server");
    public static readonly MetricFamily UpstreamConnectionsIdle = Add(MetricKind.Gauge, "balancer_upstream_connections_idle", null, "Connections kept for further requests", "upstream", "server");
    public static readonly MetricFamily UpstreamServerUp = Add(MetricKind.Gauge, "balancer_upstream_server_up", null, "1 while the server is given requests, 0 while it is ejected, held out by a health check, or marked down", "upstream", "server");
    public static readonly MetricFamily UpstreamServerWeight = Add(MetricKind.Gauge, "balancer_upstream_server_weight", null, "The weight configured", "upstream", "server");
    public static readonly MetricFamily UpstreamQueueLength = Add(MetricKind.Gauge, "balancer_upstream_queue_length", null, "Requests that wait for a server below max_conns", "upstream");
    public static readonly MetricFamily UpstreamPickFailures = Add(MetricKind.Counter, "balancer_upstream_pick_failures", null, "Requests no server of the pool could be chosen for, by reason", "upstream", "reason");

    public static readonly MetricFamily VrrpState = Add(MetricKind.Gauge, "balancer_vrrp_state", null, "1 for the state a virtual router is in, 0 for the others", "instance", "state");
    public static readonly MetricFamily VrrpPriority = Add(MetricKind.Gauge, "balancer_vrrp_priority", null, "The priority a virtual router advertises now, with what is tracked", "instance");
    public static readonly MetricFamily VrrpTransitions = Add(MetricKind.Counter, "balancer_vrrp_transitions", null, "Times a virtual router came to a state", "instance", "state");
    public static readonly MetricFamily VrrpMasterTime = Add(MetricKind.Counter, "balancer_vrrp_master_seconds", "seconds", "How long a virtual router has been master", "instance");
    public static readonly MetricFamily VrrpAdvertisementsSent = Add(MetricKind.Counter, "balancer_vrrp_advertisements_sent", null, "Advertisements sent", "instance");
    public static readonly MetricFamily VrrpAdvertisementsReceived = Add(MetricKind.Counter, "balancer_vrrp_advertisements_received", null, "Advertisements of other gateways that were heeded", "instance");
    public static readonly MetricFamily VrrpAdvertisementsDropped = Add(MetricKind.Counter, "balancer_vrrp_advertisements_dropped", null, "Advertisements that were not heeded, by what was wrong", "instance", "reason");
    public static readonly MetricFamily VrrpAnnouncements = Add(MetricKind.Counter, "balancer_vrrp_announcements", null, "Gratuitous ARP and unsolicited neighbour advertisements sent", "instance");
    public static readonly MetricFamily VrrpDataPathStalled = Add(MetricKind.Gauge, "balancer_vrrp_data_path_stalled", null, "1 while a virtual router is in fault because the gateway does not answer its own probes", "instance");
    public static readonly MetricFamily VrrpSelfProbes = Add(MetricKind.Counter, "balancer_vrrp_self_probes", null, "Connections the gateway has opened to its own listeners, by whether they were answered", "result");

    public static readonly MetricFamily ReloadSuccessful = Add(MetricKind.Gauge, "balancer_config_last_reload_successful", null, "1 if the last load of the configuration succeeded, 0 if it was refused");
    public static readonly MetricFamily ReloadTimestamp = Add(MetricKind.Gauge, "balancer_config_last_reload_success_timestamp_seconds", "seconds", "Unix time of the last load of the configuration that succeeded");
    public static readonly MetricFamily Reloads = Add(MetricKind.Counter, "balancer_config_reloads", null, "Reloads of the configuration, by result", "result");

    public static readonly MetricFamily TraceSpans = Add(MetricKind.Counter, "balancer_trace_spans", null, "Spans of traces, by what became of them on the way to the collector", "result");
    public static readonly MetricFamily AccessLogDroppedLines = Add(MetricKind.Counter, "balancer_access_log_dropped_lines", null, "Access log lines lost because the log could not be written", "path");
    public static readonly MetricFamily ErrorLogDroppedLines = Add(MetricKind.Counter, "balancer_error_log_dropped_lines", null, "Error log lines lost because the log could not be written");
    public static readonly MetricFamily Build = Add(MetricKind.Info, "balancer_build", null, "Version of balancerd and of the runtime it runs on", "version", "runtime");

    public static readonly MetricFamily ProcessCpu = Add(MetricKind.Counter, "process_cpu_seconds", "seconds", "Processor time used, user and system together");
    public static readonly MetricFamily ProcessResidentMemory = Add(MetricKind.Gauge, "process_resident_memory_bytes", "bytes", "Resident memory");
    public static readonly MetricFamily ProcessVirtualMemory = Add(MetricKind.Gauge, "process_virtual_memory_bytes", "bytes", "Virtual memory");
    public static readonly MetricFamily ProcessOpenFds = Add(MetricKind.Gauge, "process_open_fds", null, "File descriptors open");
    public static readonly MetricFamily ProcessMaxFds = Add(MetricKind.Gauge, "process_max_fds", null, "File descriptors the process may open");
    public static readonly MetricFamily ProcessThreads = Add(MetricKind.Gauge, "process_threads", null, "Threads of the process");
    public static readonly MetricFamily ProcessStartTime = Add(MetricKind.Gauge, "process_start_time_seconds", "seconds", "Unix time the process started");

    public static readonly MetricFamily GcCollections = Add(MetricKind.Counter, "dotnet_gc_collections", null, "Garbage collections, each counted in its own generation only", "generation");
    public static readonly MetricFamily GcHeap = Add(MetricKind.Gauge, "dotnet_gc_heap_bytes", "bytes", "Managed heap as of the last collection, fragmentation included");
    public static readonly MetricFamily GcPause = Add(MetricKind.Counter, "dotnet_gc_pause_seconds", "seconds", "Time all threads stood still for garbage collections");
    public static readonly MetricFamily GcAllocated = Add(MetricKind.Counter, "dotnet_gc_allocated_bytes", "bytes", "Bytes allocated on the managed heap");
    public static readonly MetricFamily ThreadPoolThreads = Add(MetricKind.Gauge, "dotnet_thread_pool_threads", null, "Threads of the thread pool");
    public static readonly MetricFamily ThreadPoolQueue = Add(MetricKind.Gauge, "dotnet_thread_pool_queue_length", null, "Work items that wait for a thread of the thread pool");

    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<MetricFamily> All => Families;

    private static MetricFamily Add(MetricKind kind, string name, string? unit, string help, params string[] labels)
    {
        var family = new MetricFamily(kind, name, unit, help, labels);
        Families.Add(family);
        return family;
    }
}
