using System.Text;

namespace Balancer.Harness;

/// <summary>A request as an upstream server got it.</summary>
internal sealed class UpstreamRequest(UpstreamConnection connection, string head)
{
    private readonly TaskCompletionSource<byte[]> _body = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The connection it came on.</summary>
    public UpstreamConnection Connection { get; } = connection;

    /// <summary>Everything up to and with the empty line.</summary>
    public string Head { get; } = head;

    /// <summary>The request line.</summary>
    public string RequestLine => Head[..Head.IndexOf('\r', StringComparison.Ordinal)];

    /// <summary>The method.</summary>
    public string Method => RequestLine.Split(' ')[0];

    /// <summary>The target as received.</summary>
    public string Target => RequestLine.Split(' ')[1];

    /// <summary>The target without its query.</summary>
    public string Path => Target.Split('?')[0];

    /// <summary>The field lines.</summary>
    public string[] Fields => Head.Split("\r\n")[1..^2];

    /// <summary>Trailer fields received after a chunked body.</summary>
    public string[] Trailers { get; private set; } = [];

    /// <summary>The body, once it is complete or cut off.</summary>
    public Task<byte[]> Body => _body.Task;

    /// <summary>Whether the body came to its end; meaningful once <see cref="Body"/> is there.</summary>
    public bool BodyComplete { get; private set; }

    /// <summary>The value of the first field of that name; null without one.</summary>
    public string? this[string name] => Values(name).FirstOrDefault();

    /// <summary>The values of all fields of that name.</summary>
    public string[] Values(string name) => HeadText.Values(Fields, name);

    /// <summary>The body as text; waits for it.</summary>
    public async Task<string> BodyTextAsync() => Encoding.Latin1.GetString(await Deadline.WaitAsync(Body, () => $"the body of {RequestLine}"));

    internal void SetBody(byte[] body, bool complete, string[] trailers)
    {
        BodyComplete = complete;
        Trailers = trailers;
        _body.TrySetResult(body);
    }
}
