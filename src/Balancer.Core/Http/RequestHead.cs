namespace Balancer.Http;

/// <summary>The head of a request: request line and header fields, checked and split.</summary>
internal sealed class RequestHead : MessageHead
{
    /// <summary>Offset and length of the method.</summary>
    public (int Start, int Length) MethodRange { get; set; }

    /// <summary>Offset and length of the whole request target as received.</summary>
    public (int Start, int Length) TargetRange { get; set; }

    /// <summary>Offset and length of the path as received; <c>/</c> when an absolute target has none is given as length 0.</summary>
    public (int Start, int Length) PathRange { get; set; }

    /// <summary>Offset and length of the query without its question mark.</summary>
    public (int Start, int Length) QueryRange { get; set; }

    /// <summary>Whether the target holds a question mark, even with nothing behind it.</summary>
    public bool HasQuery { get; set; }

    /// <summary>Offset and length of the host with its port: the authority of an absolute target, which wins (RFC 9112 section 3.2.2), else the Host field.</summary>
    public (int Start, int Length) HostRange { get; set; }

    /// <summary>Length of the host within <see cref="HostRange"/> without the port and without a trailing dot.</summary>
    public int HostNameLength { get; set; }

    /// <summary>The method, when it is one of those known.</summary>
    public KnownMethod KnownMethod { get; set; }

    /// <summary>The form of the target.</summary>
    public TargetForm Form { get; set; }

    /// <summary>Whether the client sent <c>Expect: 100-continue</c>.</summary>
    public bool ExpectsContinue { get; set; }

    /// <summary>Whether Connection names <c>upgrade</c> and an Upgrade field is present (RFC 9110 section 7.8).</summary>
    public bool HasUpgrade { get; set; }

    /// <summary>
    /// Offset and length of the Sec-WebSocket-Key the gateway has made for a client that opens a WebSocket by extended CONNECT, and so
    /// sends none (RFC 8441 section 5); length 0 for every other request.
    /// </summary>
    public (int Start, int Length) WebSocketKeyRange { get; set; }

    /// <summary>How many fields were dropped for an underscore in their name.</summary>
    public int DroppedFields { get; set; }

    /// <summary>The method.</summary>
    public ReadOnlySpan<byte> Method => Slice(MethodRange.Start, MethodRange.Length);

    /// <summary>The request target as received.</summary>
    public ReadOnlySpan<byte> Target => Slice(TargetRange.Start, TargetRange.Length);

    /// <summary>The path as received, still encoded.</summary>
    public ReadOnlySpan<byte> Path => PathRange.Length == 0 ? "/"u8 : Slice(PathRange.Start, PathRange.Length);

    /// <summary>The query without its question mark.</summary>
    public ReadOnlySpan<byte> Query => Slice(QueryRange.Start, QueryRange.Length);

    /// <summary>The host with its port, as received; empty when an HTTP/1.0 client sent none.</summary>
    public ReadOnlySpan<byte> Host => Slice(HostRange.Start, HostRange.Length);

    /// <summary>The host without port and trailing dot, as received.</summary>
    public ReadOnlySpan<byte> HostName => Slice(HostRange.Start, HostNameLength);

    /// <summary>The key of <see cref="WebSocketKeyRange"/>.</summary>
    public ReadOnlySpan<byte> WebSocketKey => Slice(WebSocketKeyRange.Start, WebSocketKeyRange.Length);

    /// <summary>Whether the client has opened a stream for a WebSocket (RFC 8441). A 2xx that is not the agreement to it would read as one.</summary>
    public bool IsExtendedConnect => WebSocketKeyRange.Length > 0;

    /// <summary>The method as received, when the request has become a GET since; length 0 otherwise.</summary>
    public (int Start, int Length) ReceivedMethodRange { get; private set; }

    /// <summary>The method as received.</summary>
    public ReadOnlySpan<byte> ReceivedMethod => ReceivedMethodRange.Length == 0 ? Method : Slice(ReceivedMethodRange.Start, ReceivedMethodRange.Length);

    /// <summary>Makes it a GET without a body, unless it is a HEAD: a redirect within the gateway to a path. What is left of a body is the front end's business.</summary>
    public void BecomeGet()
    {
        ContentLength = -1;
        IsChunked = false;
        if (KnownMethod is KnownMethod.Get or KnownMethod.Head)
        {
            return;
        }

        if (ReceivedMethodRange.Length == 0)
        {
            ReceivedMethodRange = MethodRange;
        }

        MethodRange = (Append("GET"u8), 3);
        KnownMethod = KnownMethod.Get;
    }

    /// <summary>Takes over another request's head as a GET without body that asks for no other protocol.</summary>
    public void CopyAsGet(RequestHead other)
    {
        Own(other.Bytes);
        foreach (ref var field in other.Headers.Fields)
        {
            Headers.Add() = field;
        }

        Version = other.Version;
        KeepAlive = other.KeepAlive;
        TargetRange = other.TargetRange;
        PathRange = other.PathRange;
        QueryRange = other.QueryRange;
        HostRange = other.HostRange;
        HostNameLength = other.HostNameLength;
        HasQuery = other.HasQuery;
        Form = other.Form;
        DroppedFields = other.DroppedFields;
        ReceivedMethodRange = other.MethodRange;
        MethodRange = (Append("GET"u8), 3);
        KnownMethod = KnownMethod.Get;
    }

    /// <summary>Whether a body may follow: Content-Length above 0, or chunked.</summary>
    public bool HasBody => ContentLength > 0 || IsChunked;

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        MethodRange = default;
        ReceivedMethodRange = default;
        TargetRange = default;
        PathRange = default;
        QueryRange = default;
        HostRange = default;
        HostNameLength = 0;
        HasQuery = false;
        KnownMethod = default;
        Form = default;
        ExpectsContinue = false;
        HasUpgrade = false;
        WebSocketKeyRange = default;
        DroppedFields = 0;
    }
}
