using System.Text;

namespace Balancer.Harness;

/// <summary>What the behaviour of a <see cref="TestUpstream"/> works with: a request whose head is read, and the means to answer it.</summary>
internal sealed class UpstreamExchange(UpstreamConnection connection, UpstreamRequest request)
{
    /// <summary>The connection.</summary>
    public UpstreamConnection Connection { get; } = connection;

    /// <summary>The request.</summary>
    public UpstreamRequest Request { get; } = request;

    /// <summary>Reads the body; done after the behaviour when it has not done so.</summary>
    public async Task<byte[]> ReadBodyAsync()
    {
        if (!Request.Body.IsCompleted)
        {
            if (Request["Transfer-Encoding"] is not null)
            {
                var (body, trailers, complete) = await Connection.Reader.ReadChunkedAsync();
                Request.SetBody(body, complete, trailers);
            }
            else
            {
                var size = long.Parse(Request["Content-Length"] ?? "0");
                var body = await Connection.Reader.ReadExactlyAsync(size);
                Request.SetBody(body, body.Length == size, []);
            }
        }

        return await Request.Body;
    }

    /// <summary>Sends bytes, each character one byte.</summary>
    public Task SendAsync(string text) => Connection.SendAsync(text);

    /// <summary>Reads the body and answers with a Content-Length.</summary>
    public async Task RespondAsync(int status, string body, params string[] fields)
    {
        await ReadBodyAsync();
        await SendAsync($"HTTP/1.1 {status} X\r\n{string.Concat(fields.Select(f => f + "\r\n"))}Content-Length: {Encoding.Latin1.GetByteCount(body)}\r\n\r\n{(Request.Method == "HEAD" ? "" : body)}");
    }
}
