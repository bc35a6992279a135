using System.Text;

namespace Balancer.Http.Http1;

/// <summary>The Connection field (RFC 9110 section 7.6.1) of one head, gathered line by line.</summary>
internal struct ConnectionOptions
{
    /// <summary>Most options a head may name: each unknown one is looked for among all fields.</summary>
    public const int MaxOptions = 64;

    private int _count;
    private bool _nominates;

    /// <summary>Whether <c>close</c> is among them.</summary>
    public bool Close { get; private set; }

    /// <summary>Whether <c>keep-alive</c> is among them.</summary>
    public bool KeepAlive { get; private set; }

    /// <summary>Whether <c>upgrade</c> is among them.</summary>
    public bool Upgrade { get; private set; }

    /// <summary>Whether the sender keeps the connection open (RFC 9112 section 9.3).</summary>
    public readonly bool Persists(int version) => !Close && (version >= 11 || KeepAlive);

    /// <summary>Takes in one Connection value; false when there are too many options.</summary>
    public bool Add(ReadOnlySpan<byte> value)
    {
        if (value.SequenceEqual("keep-alive"u8))
        {
            KeepAlive = true;
            return ++_count <= MaxOptions;
        }

        while (Http1Syntax.TryNextElement(ref value, out var option))
        {
            if (++_count > MaxOptions)
            {
                return false;
            }

            if (Ascii.EqualsIgnoreCase(option, "keep-alive"u8))
            {
                KeepAlive = true;
            }
            else if (Ascii.EqualsIgnoreCase(option, "close"u8))
            {
                Close = true;
            }
            else if (Ascii.EqualsIgnoreCase(option, "upgrade"u8))
            {
                Upgrade = true;
            }
            else
            {
                _nominates |= !option.IsEmpty;
            }
        }

        return true;
    }

    /// <summary>
    /// Flags the fields that Connection nominates as hop-by-hop. A nomination of a field the gateway knows is ignored, so nobody
    /// can have Host, Content-Length, Authorization, Cookie or X-Forwarded-For stripped on the way; those that always end here are flagged already.
    /// </summary>
    public readonly void FlagNominated(ReadOnlySpan<byte> data, HeaderTable headers)
    {
        if (!_nominates)
        {
            return;
        }

        foreach (ref readonly var field in headers.Fields)
        {
            if (field.Known != KnownHeader.Connection)
            {
                continue;
            }

            var options = data.Slice(field.ValueStart, field.ValueLength);
            while (Http1Syntax.TryNextElement(ref options, out var option))
            {
                Flag(option, data, headers);
            }
        }
    }

    private static void Flag(ReadOnlySpan<byte> option, ReadOnlySpan<byte> data, HeaderTable headers)
    {
        foreach (ref var field in headers.Fields)
        {
            if (field.Known == KnownHeader.None && field.NameLength == option.Length
                && Ascii.EqualsIgnoreCase(data.Slice(field.NameStart, field.NameLength), option))
            {
                field.Flags |= HeaderFieldFlags.HopByHop;
            }
        }
    }
}
