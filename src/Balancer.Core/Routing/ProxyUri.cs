using System.Text;
using Balancer.Http;

namespace Balancer.Routing;

/// <summary>
/// The request target that <c>proxy_pass</c> sends upstream. Without a URI part it is the target as received, in origin form. With one, the
/// URI part takes the place of the location's prefix in the normalized path; the rest of that is encoded again (<see cref="UriEscaper"/>)
/// and the query follows unchanged. A URI part with variables is used as it comes out and is not this type's business.
/// </summary>
internal sealed class ProxyUri
{
    private readonly byte[] _uri;
    private readonly int _prefixLength;

    /// <summary>Compiles the URI part.</summary>
    /// <param name="uri">The URI part, from its slash on; null or empty when there is none.</param>
    /// <param name="locationPath">The path of the location, exact or prefix, that the URI part replaces.</param>
    public ProxyUri(string? uri, string locationPath)
    {
        _uri = Encoding.UTF8.GetBytes(uri is ['?', ..] ? "/" + uri : uri ?? "");
        _prefixLength = Encoding.UTF8.GetByteCount(locationPath);
    }

    /// <summary>Whether the target is passed as received.</summary>
    public bool PassesTarget => _uri.Length == 0;

    /// <summary>What takes the place of the location's prefix.</summary>
    public ReadOnlySpan<byte> Prefix => _uri;

    /// <summary>Bytes of the normalized path it takes the place of.</summary>
    public int ReplacedLength => _prefixLength;

    /// <summary>Most bytes <see cref="Write"/> writes.</summary>
    public int MaxLength(RequestHead head, ReadOnlySpan<byte> normalizedPath) => PassesTarget
        ? head.TargetRange.Length + 1
        : _uri.Length + UriEscaper.MaxLength(normalizedPath.Length) + 1 + head.QueryRange.Length;

    /// <summary>Writes the target.</summary>
    /// <param name="head">The request.</param>
    /// <param name="normalizedPath">Its normalized path (<c>$uri</c>); it starts with the location's path. Not looked at without a URI part.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public int Write(RequestHead head, ReadOnlySpan<byte> normalizedPath, Span<byte> destination)
    {
        if (PassesTarget)
        {
            return WriteOriginForm(head, destination);
        }

        _uri.CopyTo(destination);
        var length = _uri.Length;
        length += UriEscaper.Escape(normalizedPath[_prefixLength..], destination[length..]);
        return head.QueryRange.Length == 0 ? length : length + WriteQuery(head, destination[length..]);
    }

    // RFC 9112 section 3.2: to an origin server the origin form is sent; an OPTIONS for a whole host becomes the asterisk form again.
    private static int WriteOriginForm(RequestHead head, Span<byte> destination)
    {
        if (head.Form != TargetForm.Absolute)
        {
            head.Target.CopyTo(destination);
            return head.TargetRange.Length;
        }

        if (head.PathRange.Length == 0 && !head.HasQuery && head.KnownMethod == KnownMethod.Options)
        {
            destination[0] = (byte)'*';
            return 1;
        }

        head.Path.CopyTo(destination);
        var length = head.Path.Length;
        return head.HasQuery ? length + WriteQuery(head, destination[length..]) : length;
    }

    private static int WriteQuery(RequestHead head, Span<byte> destination)
    {
        destination[0] = (byte)'?';
        head.Query.CopyTo(destination[1..]);
        return head.QueryRange.Length + 1;
    }
}
