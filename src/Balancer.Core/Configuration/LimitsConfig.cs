namespace Balancer.Configuration;

/// <summary>The <c>limit_req</c> and <c>limit_conn</c> settings; a null was not written (see <see cref="Over"/>).</summary>
public sealed record LimitsConfig
{
    /// <summary><c>limit_req</c>; an empty list is <c>"off"</c>. As in nginx a level that has any replaces those of the level above.</summary>
    public IReadOnlyList<LimitReqConfig>? Requests { get; init; }

    /// <summary><c>limit_req_status</c>. Default 503.</summary>
    public int? RequestStatus { get; init; }

    /// <summary><c>limit_req_log_level</c> of refused requests; delayed ones are logged one level lower. Default error.</summary>
    public ErrorLogLevel? RequestLogLevel { get; init; }

    /// <summary><c>limit_req_dry_run</c>: whether limits are counted and logged only. Default false.</summary>
    public bool? RequestDryRun { get; init; }

    /// <summary><c>limit_req_headers</c>. Default <see cref="LimitFields.Refused"/>.</summary>
    public LimitFields? RequestFields { get; init; }

    /// <summary><c>limit_conn</c>; an empty list is <c>"off"</c>. As in nginx a level that has any replaces those of the level above.</summary>
    public IReadOnlyList<LimitConnConfig>? Connections { get; init; }

    /// <summary><c>limit_conn_status</c>. Default 503.</summary>
    public int? ConnectionStatus { get; init; }

    /// <summary><c>limit_conn_log_level</c> of refused requests. Default error.</summary>
    public ErrorLogLevel? ConnectionLogLevel { get; init; }

    /// <summary><c>limit_conn_dry_run</c>: whether limits are counted and logged only. Default false.</summary>
    public bool? ConnectionDryRun { get; init; }

    /// <summary><c>limit_conn_headers</c>: <see cref="LimitFields.Refused"/>, the default, or <see cref="LimitFields.Off"/>.</summary>
    public LimitFields? ConnectionFields { get; init; }

    /// <summary>These settings where written, those of <paramref name="outer"/> elsewhere.</summary>
    public LimitsConfig Over(LimitsConfig outer) => new()
    {
        Requests = Requests ?? outer.Requests,
        RequestStatus = RequestStatus ?? outer.RequestStatus,
        RequestLogLevel = RequestLogLevel ?? outer.RequestLogLevel,
        RequestDryRun = RequestDryRun ?? outer.RequestDryRun,
        RequestFields = RequestFields ?? outer.RequestFields,
        Connections = Connections ?? outer.Connections,
        ConnectionStatus = ConnectionStatus ?? outer.ConnectionStatus,
        ConnectionLogLevel = ConnectionLogLevel ?? outer.ConnectionLogLevel,
        ConnectionDryRun = ConnectionDryRun ?? outer.ConnectionDryRun,
        ConnectionFields = ConnectionFields ?? outer.ConnectionFields,
    };
}
