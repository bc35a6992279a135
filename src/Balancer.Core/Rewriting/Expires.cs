using System.Text;
using Balancer.Configuration.Values;
using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;

namespace Balancer.Rewriting;

/// <summary><c>expires</c>, compiled: how long a response may be kept.</summary>
/// <param name="fixedValue">What it says, unless it holds variables.</param>
/// <param name="template">The text that comes out as what it says; null without variables.</param>
/// <param name="isModified">Whether the time of <paramref name="template"/> counts from Last-Modified.</param>
/// <param name="time">The clock.</param>
internal sealed class Expires(ExpiresValue fixedValue, TextTemplate? template, bool isModified, TimeProvider time)
{
    private const int LongestText = 64;
    private const int DateLength = 29;

    [ThreadStatic]
    private static ByteBuffer? t_text;

    /// <summary>Whether a response of this status gets the fields, and what they say.</summary>
    public bool TryDecide(HttpExchange exchange, int status, out ExpiresValue value)
    {
        value = fixedValue;
        if (status is not (200 or 201 or 204 or 206 or 301 or 302 or 303 or 304 or 307 or 308))
        {
            return false;
        }

        return template is null || (TryRead(exchange, out value) && value.Kind != ExpiresKind.Off);
    }

    /// <summary>Adds <c>Expires</c> and <c>Cache-Control</c>.</summary>
    /// <param name="downstream">Takes them.</param>
    /// <param name="value">What they say.</param>
    /// <param name="lastModified">Last-Modified of the response in seconds since 1970; null without one.</param>
    public void AddTo(Downstream downstream, ExpiresValue value, long? lastModified)
    {
        switch (value.Kind)
        {
            case ExpiresKind.Epoch:
                Add(downstream, "Thu, 01 Jan 1970 00:00:01 GMT"u8, "no-cache"u8);
                return;
            case ExpiresKind.Max:
                Add(downstream, "Thu, 31 Dec 2037 23:55:55 GMT"u8, "max-age=315360000"u8);
                return;
        }

        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var at = value.Kind switch
        {
            ExpiresKind.Daily => NextTimeOfDay(value.Seconds),
            ExpiresKind.Modified when lastModified is { } modified && value.Seconds != 0 => modified + value.Seconds,
            _ => now + value.Seconds,
        };
        Span<byte> date = stackalloc byte[DateLength];
        DateTimeOffset.FromUnixTimeSeconds(at).TryFormat(date, out _, "R");
        if (value.Seconds < 0 || at < now)
        {
            Add(downstream, date, "no-cache"u8);
            return;
        }

        Span<byte> control = stackalloc byte[32];
        "max-age="u8.CopyTo(control);
        (at - now).TryFormat(control[8..], out var length);
        Add(downstream, date, control[..(8 + length)]);
    }

    private static void Add(Downstream downstream, ReadOnlySpan<byte> expires, ReadOnlySpan<byte> control)
    {
        downstream.AddField("Expires"u8, expires);
        downstream.AddField("Cache-Control"u8, control);
    }

    private bool TryRead(HttpExchange exchange, out ExpiresValue value)
    {
        value = default;
        var text = t_text ??= new ByteBuffer(LongestText);
        text.Clear();
        var length = template!.Write(exchange, text);
        if (length > LongestText)
        {
            return false;
        }

        Span<char> characters = stackalloc char[LongestText];
        Encoding.Latin1.GetChars(text.Written, characters);
        return ExpiresValue.TryParse(characters[..length], isModified, out value);
    }

    /// <summary>The next moment the local clock shows this time of day.</summary>
    private long NextTimeOfDay(long seconds)
    {
        var zone = time.LocalTimeZone;
        var now = time.GetUtcNow();
        var today = TimeZoneInfo.ConvertTime(now, zone).Date.AddSeconds(seconds);
        var next = new DateTimeOffset(today, zone.GetUtcOffset(today));
        if (next.ToUnixTimeSeconds() <= now.ToUnixTimeSeconds())
        {
            today = today.AddDays(1);
            next = new DateTimeOffset(today, zone.GetUtcOffset(today));
        }

        return next.ToUnixTimeSeconds();
    }
}
