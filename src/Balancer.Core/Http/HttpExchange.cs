using System.Diagnostics;
using Balancer.Http.Tracing;
using Balancer.Http.Variables;

namespace Balancer.Http;

/// <summary>
/// One request and its response, whatever the protocol version: what the front ends fill in, the phases read, and log and metrics report.
/// Pooled; owned by one connection loop at a time, so nothing here is synchronised.
/// </summary>
internal sealed class HttpExchange
{
    private UpstreamAttempt[] _attempts = new UpstreamAttempt[4];
    private readonly byte[] _requestId = new byte[32];
    private byte[] _path = [];
    private bool _hasRequestId;
    private byte[] _sentHead = [];
    private int _sentHeadLength;

    /// <summary>The client connection.</summary>
    public DownstreamConnection Connection { get; set; } = null!;

    /// <summary>The request's head.</summary>
    public RequestHead Request { get; } = new();

    /// <summary>The head of the upstream response that is passed on; empty when the gateway answers itself.</summary>
    public ResponseHead Response { get; } = new();

    /// <summary>The client's address: the peer's, or what a trusted proxy said (<c>real_ip_header</c>).</summary>
    public ClientAddress Client { get; set; } = null!;

    /// <summary>First name of the virtual server chosen (<c>$server_name</c>).</summary>
    public byte[] ServerName { get; set; } = [];

    /// <summary>Name and port in <c>proxy_pass</c> (<c>$proxy_host</c>).</summary>
    public byte[] ProxyHost { get; set; } = [];

    /// <summary>Port in <c>proxy_pass</c>, or the default of its scheme (<c>$proxy_port</c>).</summary>
    public byte[] ProxyPort { get; set; } = [];

    /// <summary>The path decoded, dots resolved, slashes merged: what locations match (<c>$uri</c>). The buffer is the exchange's.</summary>
    public ArraySegment<byte> NormalizedPath { get; set; }

    /// <summary>Sets <see cref="NormalizedPath"/> from the request's path.</summary>
    /// <returns>False when the path is refused: 400.</returns>
    public bool NormalizePath()
    {
        var path = Request.Path;
        if (Request.Form == TargetForm.Asterisk)
        {
            path = "/"u8;
        }

        if (_path.Length < path.Length)
        {
            _path = new byte[Math.Max(256, path.Length)];
        }

        var length = path.Length;
        if (UriNormalizer.IsNormal(path))
        {
            path.CopyTo(_path);
        }
        else
        {
            length = UriNormalizer.Normalize(path, _path);
        }

        NormalizedPath = new ArraySegment<byte>(_path, 0, Math.Max(0, length));
        return length > 0;
    }

    /// <summary>What has become of the URI since.</summary>
    public UriState Uri { get; } = new();

    /// <summary>The query without its question mark (<c>$args</c>): as received, or as it was changed to.</summary>
    public ReadOnlySpan<byte> Query => Uri.IsChanged ? Uri.Query : Request.Query;

    /// <summary>Changes path and query. Neither may lie in <see cref="NormalizedPath"/> or <see cref="Query"/>.</summary>
    public void ChangeUri(ReadOnlySpan<byte> path, ReadOnlySpan<byte> query)
    {
        if (_path.Length < path.Length)
        {
            _path = new byte[Math.Max(256, path.Length)];
        }

        path.CopyTo(_path);
        NormalizedPath = new ArraySegment<byte>(_path, 0, path.Length);
        Uri.ChangeQuery(query);
    }

    /// <summary>Captures of the regular expression that fitted last, the location's or else the server name's, the whole match first; null without one. One character stands for one byte (Latin-1).</summary>
    public string[]? Captures { get; set; }

    /// <summary>Names of <see cref="Captures"/> by index; null when there are none.</summary>
    public string?[]? CaptureNames { get; set; }

    /// <summary>Captures of the server name's regular expression: those with a name stay variables beside the location's; null without one.</summary>
    public string[]? ServerCaptures { get; set; }

    /// <summary>Names of <see cref="ServerCaptures"/> by index; null when there are none.</summary>
    public string?[]? ServerCaptureNames { get; set; }

    /// <summary>Captures of expressions that fitted before the one of <see cref="Captures"/>, oldest first: those with a name stay variables.</summary>
    public List<(string[] Values, string?[] Names)> EarlierCaptures { get; } = [];

    /// <summary>Notes what an expression that fitted has captured.</summary>
    public void Capture(string[] captures, string?[]? names)
    {
        if (Captures is { } before && CaptureNames is { } beforeNames && !ReferenceEquals(before, ServerCaptures))
        {
            EarlierCaptures.Add((before, beforeNames));
        }

        Captures = captures;
        CaptureNames = names;
    }

    /// <summary>What <c>set</c> gave the request.</summary>
    public SetVariables SetVariables { get; } = new();

    /// <summary>Stopwatch timestamp of the request's first byte (<c>$request_time</c> counts from it).</summary>
    public long StartTimestamp { get; set; }

    /// <summary>Stopwatch timestamp of the end of the request, so that log and metrics agree; 0 while it runs.</summary>
    public long EndTimestamp { get; set; }

    /// <summary>Whether the request was received behind another one that was not answered yet (<c>$pipe</c>).</summary>
    public bool IsPipelined { get; set; }

    /// <summary>The status sent, or logged: 499 when the client went away, 0 while none is known.</summary>
    public int Status { get; set; }

    /// <summary>Bytes of request line, fields and body received (<c>$request_length</c>).</summary>
    public long RequestLength { get; set; }

    /// <summary>Bytes sent to the client (<c>$bytes_sent</c>).</summary>
    public long BytesSent { get; set; }

    /// <summary>Body bytes sent to the client (<c>$body_bytes_sent</c>).</summary>
    public long BodyBytesSent { get; set; }

    /// <summary>Content-Type of the response sent (<c>$sent_http_content_type</c>) when the gateway answers itself.</summary>
    public byte[] LocalContentType { get; set; } = [];

    /// <summary>Fields the response gets beside those of <c>add_header</c>, whoever answers: what the phases before the answer have to say.</summary>
    public FieldList PhaseFields { get; } = new();

    /// <summary>What became of the request at <c>limit_req</c> (<c>$limit_req_status</c>).</summary>
    public LimitOutcome LimitReqOutcome { get; set; }

    /// <summary>What became of the request at <c>limit_conn</c> (<c>$limit_conn_status</c>).</summary>
    public LimitOutcome LimitConnOutcome { get; set; }

    /// <summary>The trace it belongs to.</summary>
    public RequestTrace Trace { get; } = new();

    /// <summary>The places the request holds while it is in progress.</summary>
    public HeldPlaces HeldPlaces { get; } = new();

    /// <summary>Whether it is the gateway's own, on behalf of another: the method a client sent is then that of the other.</summary>
    public bool IsSubrequest { get; private set; }

    /// <summary>Whether the response was complete (<c>$request_completion</c>).</summary>
    public bool Completed { get; set; }

    /// <summary>What went wrong, if anything.</summary>
    public ProxyError Error { get; set; }

    /// <summary>The tries on upstream servers so far, in order.</summary>
    public Span<UpstreamAttempt> Attempts => _attempts.AsSpan(0, AttemptCount);

    /// <summary>How many tries there were.</summary>
    public int AttemptCount { get; private set; }

    /// <summary>The current try.</summary>
    public ref UpstreamAttempt CurrentAttempt => ref _attempts[AttemptCount - 1];

    /// <summary>The request's id: 32 hexadecimal digits, drawn on first use (<c>$request_id</c>).</summary>
    public ReadOnlySpan<byte> RequestId
    {
        get
        {
            if (!_hasRequestId)
            {
                Span<byte> random = stackalloc byte[16];
                Infrastructure.FastRandom.Fill(random);
                Convert.TryToHexStringLower(random, _requestId, out _);
                _hasRequestId = true;
            }

            return _requestId;
        }
    }

    /// <summary>Stopwatch ticks from the first byte to the end of the request, or until now while it runs.</summary>
    public long ElapsedTicks => (EndTimestamp != 0 ? EndTimestamp : Stopwatch.GetTimestamp()) - StartTimestamp;

    /// <summary>Whether the head sent is to be kept.</summary>
    public bool KeepsSentHead { get; set; }

    /// <summary>The head sent to the client as it went onto the wire; empty when nobody reads it.</summary>
    public ReadOnlySpan<byte> SentHead => _sentHead.AsSpan(0, _sentHeadLength);

    /// <summary>Keeps a copy of the head sent, for templates that print <c>$sent_http_*</c> (<see cref="Variables.TextTemplate.ReadsSentHead"/>).</summary>
    public void KeepSentHead(ReadOnlySpan<byte> head)
    {
        if (_sentHead.Length < head.Length)
        {
            _sentHead = new byte[Math.Max(1024, head.Length)];
        }

        head.CopyTo(_sentHead);
        _sentHeadLength = head.Length;
    }

    /// <summary>Makes it a request of the gateway's own on behalf of another: a GET for a path, with the head, client and values of the other.</summary>
    public void BeginSubrequest(HttpExchange parent, ReadOnlySpan<byte> path)
    {
        Connection = parent.Connection;
        Client = parent.Client;
        ServerName = parent.ServerName;
        Captures = ServerCaptures = parent.ServerCaptures;
        CaptureNames = ServerCaptureNames = parent.ServerCaptureNames;
        StartTimestamp = parent.StartTimestamp;
        IsPipelined = parent.IsPipelined;
        RequestLength = parent.RequestLength;
        parent.RequestId.CopyTo(_requestId);
        _hasRequestId = true;
        Request.CopyAsGet(parent.Request);
        SetVariables.CopyFrom(parent.SetVariables);
        Trace.Borrow(parent.Trace);
        ChangeUri(path, default);
        Uri.IsInternal = true;
        IsSubrequest = true;
    }

    /// <summary>Starts the record of a try.</summary>
    public ref UpstreamAttempt BeginAttempt(byte[] address)
    {
        if (AttemptCount == _attempts.Length)
        {
            Array.Resize(ref _attempts, AttemptCount * 2);
        }

        ref var attempt = ref _attempts[AttemptCount++];
        attempt = default;
        attempt.Address = address;
        attempt.FollowsRedirect = AttemptCount > 1 && AttemptCount - 1 == Uri.AttemptsBefore;
        attempt.ConnectTicks = attempt.HeaderTicks = attempt.ResponseTicks = -1;
        return ref attempt;
    }

    /// <summary>Makes the exchange ready for the next request.</summary>
    public void Reset()
    {
        Request.Reset();
        Response.Reset();
        ServerName = [];
        ProxyHost = [];
        ProxyPort = [];
        NormalizedPath = default;
        Uri.Reset();
        Captures = null;
        CaptureNames = null;
        ServerCaptures = null;
        ServerCaptureNames = null;
        EarlierCaptures.Clear();
        SetVariables.Reset();
        StartTimestamp = 0;
        EndTimestamp = 0;
        IsPipelined = false;
        _sentHeadLength = 0;
        Status = 0;
        RequestLength = 0;
        BytesSent = 0;
        BodyBytesSent = 0;
        LocalContentType = [];
        PhaseFields.Clear();
        LimitReqOutcome = LimitOutcome.None;
        LimitConnOutcome = LimitOutcome.None;
        Trace.Reset();
        HeldPlaces.GiveBack();
        IsSubrequest = false;
        KeepsSentHead = false;
        Completed = false;
        Error = ProxyError.None;
        AttemptCount = 0;
        _hasRequestId = false;
    }
}
