using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Balancer.Proxy.HealthChecking;

/// <summary>gRPC's health checking protocol, version 1 (grpc.health.v1.Health/Check).</summary>
internal static class GrpcHealth
{
    private const int PrefixLength = 5;
    private const int LongestMessage = 1024;
    private const byte ServiceTag = (1 << 3) | 2;
    private const byte StatusTag = 1 << 3;
    private const byte Serving = 1;

    /// <summary>Asks for a service; with an empty name for the server as a whole.</summary>
    public static HttpRequestMessage NewRequest(Uri server, string service)
    {
        var content = new ByteArrayContent(MessageOf(service));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, "/grpc.health.v1.Health/Check"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        return request;
    }

    /// <summary>Reads the answer.</summary>
    /// <returns>Null when the service is served, else what is wrong.</returns>
    public static async Task<string?> JudgeAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return $"status {(int)response.StatusCode}";
        }

        var buffer = new byte[LongestMessage];
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        var length = await body.ReadAtLeastAsync(buffer, LongestMessage, throwOnEndOfStream: false, cancel);
        var status = response.TrailingHeaders.TryGetValues("grpc-status", out var values) || response.Headers.TryGetValues("grpc-status", out values) ? values.First() : "none";
        if (status != "0")
        {
            return $"grpc-status {status}";
        }

        return StatusOf(buffer.AsSpan(0, length)) switch
        {
            Serving => null,
            { } other => string.Create(CultureInfo.InvariantCulture, $"the service is not served: status {other}"),
            null => "the answer is no HealthCheckResponse",
        };
    }

    /// <summary>The request message: <c>service</c> is field 1.</summary>
    internal static byte[] MessageOf(string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        using var message = new MemoryStream();
        if (name.Length > 0)
        {
            message.WriteByte(ServiceTag);
            for (var rest = (uint)name.Length; ; rest >>= 7)
            {
                message.WriteByte((byte)(rest < 0x80 ? rest : rest | 0x80));
                if (rest < 0x80)
                {
                    break;
                }
            }

            message.Write(name);
        }

        var framed = new byte[PrefixLength + (int)message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)message.Length);
        message.ToArray().CopyTo(framed, PrefixLength);
        return framed;
    }

    /// <summary>The <c>status</c> of a response message, field 1: 0 unknown, 1 serving, 2 not serving, 3 no such service; null when it is no such message.</summary>
    internal static int? StatusOf(ReadOnlySpan<byte> framed)
    {
        if (framed.Length < PrefixLength || framed[0] != 0 || BinaryPrimitives.ReadUInt32BigEndian(framed[1..]) != framed.Length - PrefixLength)
        {
            return null;
        }

        // Fields a later version may add would follow; an absent one is 0.
        return framed[PrefixLength..] switch
        {
            [] => 0,
            [StatusTag, < 0x80 and var status, ..] => status,
            _ => null,
        };
    }
}
