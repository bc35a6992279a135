using System.Text;

namespace Balancer.Http.Http1;

/// <summary>Splits a request target (RFC 9112 section 3.2) whose bytes are all visible ASCII without <c>#</c>.</summary>
internal static class RequestTarget
{
    /// <summary>Fills form, path, query and, for the absolute form, host. Returns <see cref="HeadError.None"/> or what is wrong.</summary>
    /// <param name="target">The target.</param>
    /// <param name="start">Offset of the target in the head.</param>
    /// <param name="head">Where the ranges go; its method is set.</param>
    public static HeadError Read(ReadOnlySpan<byte> target, int start, RequestHead head)
    {
        head.TargetRange = (start, target.Length);
        if (target.IsEmpty)
        {
            return HeadError.MalformedRequestLine;
        }

        if (target[0] == '/')
        {
            head.Form = TargetForm.Origin;
            SplitQuery(target, start, head);
            return HeadError.None;
        }

        if (target[0] == '*')
        {
            head.Form = TargetForm.Asterisk;
            head.PathRange = (start, 1);
            return target.Length == 1 && head.KnownMethod == KnownMethod.Options ? HeadError.None : HeadError.InvalidTarget;
        }

        return ReadAbsolute(target, start, head);
    }

    private static HeadError ReadAbsolute(ReadOnlySpan<byte> target, int start, RequestHead head)
    {
        int authorityStart;
        if (target.Length > 7 && Ascii.EqualsIgnoreCase(target[..7], "http://"u8))
        {
            authorityStart = 7;
        }
        else if (target.Length > 8 && Ascii.EqualsIgnoreCase(target[..8], "https://"u8))
        {
            authorityStart = 8;
        }
        else
        {
            return HeadError.InvalidTarget;
        }

        var rest = target[authorityStart..];
        var authorityLength = rest.IndexOfAny((byte)'/', (byte)'?');
        if (authorityLength < 0)
        {
            authorityLength = rest.Length;
        }

        if (!HostSyntax.TryParse(rest[..authorityLength], out var nameLength))
        {
            return HeadError.InvalidHost;
        }

        head.Form = TargetForm.Absolute;
        head.HostRange = (start + authorityStart, authorityLength);
        head.HostNameLength = nameLength;
        SplitQuery(rest[authorityLength..], start + authorityStart + authorityLength, head);
        return HeadError.None;
    }

    private static void SplitQuery(ReadOnlySpan<byte> pathAndQuery, int start, RequestHead head)
    {
        var mark = pathAndQuery.IndexOf((byte)'?');
        head.HasQuery = mark >= 0;
        head.PathRange = (start, mark < 0 ? pathAndQuery.Length : mark);
        head.QueryRange = mark < 0 ? default : (start + mark + 1, pathAndQuery.Length - mark - 1);
    }
}
