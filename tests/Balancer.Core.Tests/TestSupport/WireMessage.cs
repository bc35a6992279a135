using System.Globalization;
using System.Text;

namespace Balancer.TestSupport;

/// <summary>A message as it was on the wire.</summary>
/// <param name="firstLine">The request line or status line.</param>
internal sealed class WireMessage(string firstLine)
{
    public string FirstLine { get; } = firstLine;

    public List<(string Name, string Value)> Fields { get; } = [];

    public List<(string Name, string Value)> Trailers { get; } = [];

    /// <summary>The responses (1xx) that came before.</summary>
    public List<WireMessage> Interim { get; } = [];

    public byte[] Body { get; set; } = [];

    /// <summary>In how many chunks the body came.</summary>
    public int Chunks { get; set; }

    public string Text => Encoding.Latin1.GetString(Body);

    /// <summary>The status of a response; 0 for a request.</summary>
    public int Status => FirstLine.StartsWith("HTTP/", StringComparison.Ordinal) ? int.Parse(FirstLine.AsSpan(9, 3), CultureInfo.InvariantCulture) : 0;

    /// <summary>The value of the first field of that name, in any case; null without one.</summary>
    public string? this[string name] => Fields.Where(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(f => f.Value).FirstOrDefault();

    public int Count(string name) => Fields.Count(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public override string ToString() => $"{FirstLine} {string.Join("; ", Fields.Select(f => $"{f.Name}: {f.Value}"))} [{Text}]";
}
