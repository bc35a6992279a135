using Balancer.Infrastructure;

namespace Balancer.Http;

/// <summary>
/// What has become of a request since it was received: its URI rewritten, or the request redirected within the gateway. Part of the exchange,
/// reused with it; a request that stays what it was costs nothing here.
/// </summary>
internal sealed class UriState
{
    /// <summary>Changes a request may go through, as in nginx (<c>NGX_HTTP_MAX_URI_CHANGES</c>); one more is a cycle.</summary>
    public const int MaxChanges = 10;

    private readonly ByteBuffer _query = new(64);

    /// <summary>How often the request was redirected within the gateway, or its location looked for again.</summary>
    public int Changes { get; set; }

    /// <summary>Whether it was redirected within the gateway or rewritten, so that internal locations are open to it.</summary>
    public bool IsInternal { get; set; }

    /// <summary>Whether the path or query is no longer what was received, so that the target as received is not what is asked for.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>Whether the path was changed within its location and stayed there: it is passed on whole, without the URI of <c>proxy_pass</c>.</summary>
    public bool IsBesideLocation { get; set; }

    /// <summary>Whether a redirect within the gateway is due: nothing was answered yet, and the location must be found anew.</summary>
    public bool IsRedirected { get; private set; }

    /// <summary>The named location the redirect leads to; null leads to the one of the path.</summary>
    public string? LocationName { get; private set; }

    /// <summary>The status the client gets whatever the target of an error page answers; 0 leaves it to the target.</summary>
    public int KeptStatus { get; set; }

    /// <summary>Whether an error page is being answered.</summary>
    public bool IsErrorPage { get; set; }

    /// <summary>Whether more of the request's body was passed on than was kept, so that no other server can get it.</summary>
    public bool IsBodyLost { get; private set; }

    /// <summary>What was read of the request's body by a try before the redirect; null when nothing was.</summary>
    public byte[]? BodyRead { get; private set; }

    /// <summary>The status of a response that was not passed on because an error page takes its place; 0 for none.</summary>
    public int InterceptedStatus { get; set; }

    /// <summary>How many tries on upstream servers there were before the last redirect.</summary>
    public int AttemptsBefore { get; private set; }

    /// <summary>The query that took the place of the one received, without its question mark.</summary>
    public ReadOnlySpan<byte> Query => _query.Written;

    /// <summary>Notes a new query.</summary>
    public void ChangeQuery(ReadOnlySpan<byte> query)
    {
        IsChanged = true;
        _query.Clear();
        _query.Append(query);
    }

    /// <summary>Asks for a redirect within the gateway.</summary>
    /// <param name="name">The named location it leads to; null for that of the path.</param>
    /// <param name="attempts">Tries on upstream servers so far.</param>
    public void Redirect(string? name, int attempts)
    {
        IsRedirected = true;
        IsInternal = true;
        LocationName = name;
        AttemptsBefore = attempts;
    }

    /// <summary>Takes the redirect up that was asked for.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TakeRedirect()
    {
        var isDue = IsRedirected;
        IsRedirected = false;
        return isDue;
    }

    /// <summary>Keeps what a failed try has read of the request's body, in case an error page passes the request on.</summary>
    /// <param name="body">What is here of it.</param>
    /// <param name="isWhole">Whether that is all that was read.</param>
    public void KeepBody(ReadOnlySpan<byte> body, bool isWhole)
    {
        IsBodyLost = !isWhole;
        BodyRead = body.IsEmpty ? null : body.ToArray();
    }

    /// <summary>Counts a change.</summary>
    /// <returns>False when it is one too many.</returns>
    public bool TryChange() => ++Changes <= MaxChanges;

    /// <summary>Makes it ready for the next request.</summary>
    public void Reset()
    {
        Changes = 0;
        IsInternal = false;
        IsChanged = false;
        IsBesideLocation = false;
        IsRedirected = false;
        LocationName = null;
        KeptStatus = 0;
        IsErrorPage = false;
        IsBodyLost = false;
        BodyRead = null;
        InterceptedStatus = 0;
        AttemptsBefore = 0;
        _query.Clear();
    }
}
