using System.Globalization;
using System.Text;

namespace Balancer.TestSupport.Http2;

/// <summary>What has come on one stream.</summary>
internal sealed class StreamMessage
{
    public List<(string Name, string Value)> Fields { get; set; } = [];

    public List<(string Name, string Value)> Trailers { get; set; } = [];

    public MemoryStream Body { get; } = new();

    /// <summary>Whether the stream was ended by the server.</summary>
    public bool IsComplete { get; set; }

    /// <summary>The error the server has reset the stream with; null when it has not.</summary>
    public ErrorCode? Reset { get; set; }

    public int Status => Fields.Count == 0 ? 0 : int.Parse(this[":status"]!, CultureInfo.InvariantCulture);

    public string Text => Encoding.Latin1.GetString(Body.ToArray());

    public string? this[string name] => Fields.Where(f => f.Name == name).Select(f => f.Value).FirstOrDefault();
}
