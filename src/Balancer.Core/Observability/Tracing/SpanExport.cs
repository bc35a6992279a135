using System.Diagnostics;
using Balancer.Http.Tracing;

namespace Balancer.Observability.Tracing;

/// <summary>
/// Where the spans of a configuration go. At most <c>batch_size</c> times <c>batch_count</c> wait or are on their way; what comes beyond is
/// dropped and counted. Nothing runs before <see cref="Start"/>, so that a check of a configuration reaches nobody.
/// </summary>
internal sealed class SpanExport(SpanExportSettings settings, TraceMetrics metrics, TraceLog log) : ISpanSink, IDisposable
{
    private readonly int _room = settings.Exporter.BatchSize * settings.Exporter.BatchCount;
    private readonly Lock _lock = new();
    private SpanPipeline? _pipeline;
    private bool _isDisposed;
    private int _waiting;

    /// <summary>What it was made from.</summary>
    public SpanExportSettings Settings => settings;

    /// <summary>Begins to send; once it has begun nothing changes. Not for the threads of requests.</summary>
    public void Start()
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _pipeline ??= new SpanPipeline(settings, count => Interlocked.Add(ref _waiting, -count), metrics, log);
            }
        }
    }

    /// <inheritdoc/>
    public void Add(Activity span)
    {
        if (Interlocked.Increment(ref _waiting) > _room || Volatile.Read(ref _pipeline) is not { } pipeline)
        {
            Interlocked.Decrement(ref _waiting);
            metrics.Dropped.Increment();
            return;
        }

        pipeline.Add(span);
    }

    /// <summary>Sends what waits, for up to 5 s, and closes the connection. Blocks.</summary>
    public void Dispose()
    {
        SpanPipeline? pipeline;
        lock (_lock)
        {
            _isDisposed = true;
            pipeline = _pipeline;
            Volatile.Write(ref _pipeline, null);
        }

        pipeline?.Dispose();
    }
}
