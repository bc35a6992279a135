using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Balancer.TestSupport.Http2;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Balancer.TestSupport.Tracing;

/// <summary>A collector that remembers the spans it gets, by gRPC or by HTTP.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private const string GrpcPath = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private const string HttpPath = "/v1/traces";

    private readonly ConcurrentQueue<OtlpSpan> _spans = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private KestrelUpstream _server = null!;

    /// <summary>Host and port.</summary>
    public string Address => _server.Address;

    /// <summary>All spans so far.</summary>
    public OtlpSpan[] Spans => [.. _spans];

    /// <summary>What was wrong with requests.</summary>
    public string[] Faults => [.. _faults];

    /// <summary>Authorization of the last request.</summary>
    public string? Authorization { get; private set; }

    /// <summary>Whether it takes spans; else it answers that it is unavailable.</summary>
    public bool IsAvailable { get; set; } = true;

    /// <summary>What it waits for before it answers.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    /// <summary>Starts one that is spoken to by gRPC, or by HTTP/1.1.</summary>
    public static async Task<OtlpCollector> StartAsync(X509Certificate2? certificate = null, bool isGrpc = true, int port = 0)
    {
        var collector = new OtlpCollector();
        collector._server = await KestrelUpstream.StartAsync(
            isGrpc ? collector.AnswerGrpcAsync : collector.AnswerHttpAsync,
            certificate,
            isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1,
            port);
        return collector;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerGrpcAsync(HttpContext context)
    {
        var message = await ReadAsync(context);
        context.Response.ContentType = "application/grpc";
        if (context.Request.Path != GrpcPath || message.Length < 5 || message[0] != 0 || BinaryPrimitives.ReadInt32BigEndian(message.AsSpan(1)) != message.Length - 5)
        {
            _faults.Enqueue($"{context.Request.Path}, {message.Length} bytes");
            context.Response.Headers["grpc-status"] = "12";
            return;
        }

        if (!IsAvailable)
        {
            context.Response.Headers["grpc-status"] = "14";
            context.Response.Headers["grpc-message"] = "out%20for%20lunch";
            return;
        }

        Take(context, message.AsMemory(5));
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private async Task AnswerHttpAsync(HttpContext context)
    {
        var message = await ReadAsync(context);
        if (context.Request.Path != HttpPath || context.Request.ContentType != "application/x-protobuf")
        {
            _faults.Enqueue($"{context.Request.Path}, {context.Request.ContentType}");
            context.Response.StatusCode = 404;
            return;
        }

        if (!IsAvailable)
        {
            context.Response.StatusCode = 503;
            return;
        }

        Take(context, message);
        context.Response.ContentType = "application/x-protobuf";
    }

    private void Take(HttpContext context, ReadOnlyMemory<byte> request)
    {
        Authorization = context.Request.Headers.Authorization;
        foreach (var span in OtlpSpan.Read(request))
        {
            _spans.Enqueue(span);
        }
    }

    private async Task<byte[]> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        await Hold;
        return body.ToArray();
    }
}
