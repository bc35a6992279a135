using System.Text;
using Balancer.Http;

namespace Balancer.Rewriting;

/// <summary>Writes the attributes of a Set-Cookie with other flags than it had: <c>name=value; attribute; attribute=value</c>.</summary>
/// <param name="output">Where to.</param>
/// <param name="flags">What is done with the flags.</param>
internal ref struct CookieWriter(HeadWriter output, CookieFlags flags)
{
    private CookieFlags _flags = flags;

    /// <summary>Takes an attribute apart: <c>name</c>, or <c>name = value</c>, with blanks around either.</summary>
    /// <returns>Whether it has a value, which may be empty.</returns>
    public static bool Split(ReadOnlySpan<byte> attribute, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var equals = attribute.IndexOf((byte)'=');
        name = (equals < 0 ? attribute : attribute[..equals]).Trim((byte)' ');
        value = equals < 0 ? default : attribute[(equals + 1)..].Trim((byte)' ');
        return equals >= 0;
    }

    /// <summary>Writes the cookie itself, or an attribute as it is.</summary>
    public static void Write(HeadWriter output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool hasValue)
    {
        output.Write(name);
        if (hasValue)
        {
            output.Write("="u8);
            output.Write(value);
        }
    }

    /// <summary>Writes an attribute that may be a flag, or leaves it out.</summary>
    public void WriteAttribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool hasValue)
    {
        if (name.Length == 6 && Ascii.EqualsIgnoreCase(name, "secure"u8))
        {
            if (IsLeftOut(CookieFlags.Secure, CookieFlags.NoSecure))
            {
                return;
            }
        }
        else if (name.Length == 8 && Ascii.EqualsIgnoreCase(name, "httponly"u8))
        {
            if (IsLeftOut(CookieFlags.HttpOnly, CookieFlags.NoHttpOnly))
            {
                return;
            }
        }
        else if (name.Length == 8 && Ascii.EqualsIgnoreCase(name, "samesite"u8))
        {
            var wanted = SameSite(_flags);
            if (IsLeftOut(CookieFlags.SameSiteStrict | CookieFlags.SameSiteLax | CookieFlags.SameSiteNone, CookieFlags.NoSameSite))
            {
                return;
            }

            if (!wanted.IsEmpty && !Ascii.EqualsIgnoreCase(value, wanted))
            {
                name = "SameSite"u8;
                value = wanted;
                hasValue = true;
            }
        }

        output.Write("; "u8);
        Write(output, name, value, hasValue);
    }

    /// <summary>Adds the flags that were not there.</summary>
    public readonly void End()
    {
        if ((_flags & CookieFlags.Secure) != 0)
        {
            output.Write("; Secure"u8);
        }

        if ((_flags & CookieFlags.HttpOnly) != 0)
        {
            output.Write("; HttpOnly"u8);
        }

        if (SameSite(_flags) is { IsEmpty: false } value)
        {
            output.Write("; SameSite="u8);
            output.Write(value);
        }
    }

    private static ReadOnlySpan<byte> SameSite(CookieFlags flags) =>
        (flags & CookieFlags.SameSiteStrict) != 0 ? "Strict"u8
        : (flags & CookieFlags.SameSiteLax) != 0 ? "Lax"u8
        : (flags & CookieFlags.SameSiteNone) != 0 ? "None"u8
        : default;

    /// <summary>A flag is here: it need not be added, and perhaps goes.</summary>
    private bool IsLeftOut(CookieFlags added, CookieFlags removed)
    {
        _flags &= ~added;
        return (_flags & removed) != 0;
    }
}
