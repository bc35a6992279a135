using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Balancer.Daemon.Admin;

/// <summary>The pages of the admin endpoint.</summary>
/// <param name="gateway">What they show.</param>
internal sealed class AdminPages(IGatewayView gateway)
{
    private const string Text = "text/plain; charset=utf-8";
    private const string Json = "application/json";

    private const string Index = """
        balancerd

        /metrics        metrics, in the Prometheus text format or OpenMetrics
        /health/live    200 while the process runs
        /health/ready   200 while it should be sent traffic, 503 while it drains or a pool has no server
        /status         servers, pools and connections as JSON

        """;

    /// <summary>Answers one request.</summary>
    public Task HandleAsync(HttpContext context)
    {
        Action<HttpContext, ArrayBufferWriter<byte>>? page = context.Request.Path.Value switch
        {
            "/metrics" => WriteMetrics,
            "/health/live" => WriteLive,
            "/health/ready" => WriteReady,
            "/status" => WriteStatus,
            "/" => WriteIndex,
            _ => null,
        };

        var response = context.Response;
        if (page is null)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            page = WriteNotFound;
        }
        else if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD";
            page = WriteNotAllowed;
        }

        // Written as a whole first: a fault in between gives 500 and not half a page, and the length is known.
        var body = new ArrayBufferWriter<byte>(16 * 1024);
        page(context, body);
        response.ContentLength = body.WrittenCount;
        response.Headers.CacheControl = "no-store";
        return response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).AsTask();
    }

    private void WriteMetrics(HttpContext context, ArrayBufferWriter<byte> body)
    {
        var format = MetricsNegotiation.Choose(context.Request.Headers.Accept!);
        context.Response.ContentType = format.ContentType;
        context.Response.Headers.Vary = "Accept";
        gateway.WriteMetrics(format, body);
    }

    private void WriteStatus(HttpContext context, ArrayBufferWriter<byte> body)
    {
        context.Response.ContentType = Json;
        gateway.WriteStatus(body);
        body.Write("\n"u8);
    }

    private void WriteReady(HttpContext context, ArrayBufferWriter<byte> body)
    {
        var readiness = gateway.Readiness;
        context.Response.StatusCode = readiness.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = Json;
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("status", readiness.IsReady ? "ready" : readiness.IsDraining ? "draining" : "unavailable");
            json.WriteStartArray("unavailable_upstreams");
            foreach (var name in readiness.UnavailableUpstreams)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        body.Write("\n"u8);
    }

    private static void WriteLive(HttpContext context, ArrayBufferWriter<byte> body)
    {
        context.Response.ContentType = Json;
        body.Write("{\"status\":\"live\"}\n"u8);
    }

    private static void WriteIndex(HttpContext context, ArrayBufferWriter<byte> body) => WriteText(context, body, Index);

    private static void WriteNotFound(HttpContext context, ArrayBufferWriter<byte> body) => WriteText(context, body, "No such page; / lists them.\n");

    private static void WriteNotAllowed(HttpContext context, ArrayBufferWriter<byte> body) => WriteText(context, body, "Only GET and HEAD.\n");

    private static void WriteText(HttpContext context, ArrayBufferWriter<byte> body, string text)
    {
        context.Response.ContentType = Text;
        Encoding.UTF8.GetBytes(text, body);
    }
}
