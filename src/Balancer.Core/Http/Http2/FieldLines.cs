using Balancer.Http.Http1;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Balancer.Http.Http2;

/// <summary>Turns trailer fields from the engine's form into field lines and back.</summary>
internal static class FieldLines
{
    /// <summary>Adds canonical field lines to the engine's fields.</summary>
    public static void AddTo(IHeaderDictionary fields, ReadOnlySpan<byte> lines)
    {
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf("\r\n"u8);
            var line = lines[..end];
            lines = lines[(end + 2)..];
            var colon = line.IndexOf((byte)':');
            var name = FieldText.Of(line[..colon]);
            var value = FieldText.Of(Http1Syntax.Trim(line[(colon + 1)..]));
            fields[name] = fields.TryGetValue(name, out var others) ? StringValues.Concat(others, value) : value;
        }
    }

    /// <summary>Writes the engine's fields as canonical field lines, less those that may not be trailers and those that would break a line.</summary>
    public static void Write(IHeaderDictionary fields, HeadWriter lines)
    {
        foreach (var (name, values) in fields)
        {
            foreach (var value in values)
            {
                TrailerRules.Write(name, value ?? "", lines);
            }
        }
    }
}
