using System.Text;

namespace Balancer.Harness;

/// <summary>A response as a client got it, byte for byte.</summary>
internal sealed class RawResponse
{
    /// <summary>Everything up to and with the empty line.</summary>
    public required string Head { get; init; }

    /// <summary>The body, chunked coding removed.</summary>
    public required byte[] Body { get; init; }

    /// <summary>Trailer fields as received, one line each.</summary>
    public string[] Trailers { get; init; } = [];

    /// <summary>Whether the body came to the end its framing promised.</summary>
    public required bool Complete { get; init; }

    /// <summary>The status line.</summary>
    public string StatusLine => Head[..Head.IndexOf('\r', StringComparison.Ordinal)];

    /// <summary>The status.</summary>
    public int Status => int.Parse(StatusLine.Split(' ')[1]);

    /// <summary>The body as text.</summary>
    public string BodyText => Encoding.Latin1.GetString(Body);

    /// <summary>The field lines.</summary>
    public string[] Fields => Head.Split("\r\n")[1..^2];

    /// <summary>The value of the first field of that name; null without one.</summary>
    public string? this[string name] => Values(name).FirstOrDefault();

    /// <summary>The values of all fields of that name.</summary>
    public string[] Values(string name) => HeadText.Values(Fields, name);

    public override string ToString() => $"{Head}[{Body.Length} bytes of body{(Complete ? "" : ", truncated")}]";
}
