namespace Balancer.Observability.Tracing;

/// <summary>The exports of all snapshots. One whose settings a reload does not change is used on. Any thread.</summary>
internal sealed class SpanExportRegistry(TraceMetrics metrics, TraceLog log)
{
    private readonly Lock _lock = new();
    private readonly List<(SpanExport Export, int Users)> _exports = [];

    /// <summary>An export with these settings; counts one more user of it.</summary>
    public SpanExport Acquire(SpanExportSettings settings)
    {
        lock (_lock)
        {
            var index = _exports.FindIndex(entry => entry.Export.Settings.IsSame(settings));
            if (index >= 0)
            {
                _exports[index] = (_exports[index].Export, _exports[index].Users + 1);
                return _exports[index].Export;
            }

            var export = new SpanExport(settings, metrics, log);
            _exports.Add((export, 1));
            return export;
        }
    }

    /// <summary>Counts one user less; with the last one the export sends what waits and ends.</summary>
    public Task ReleaseAsync(SpanExport? export)
    {
        if (export is null)
        {
            return Task.CompletedTask;
        }

        lock (_lock)
        {
            var index = _exports.FindIndex(entry => entry.Export == export);
            var users = _exports[index].Users - 1;
            if (users > 0)
            {
                _exports[index] = (export, users);
                return Task.CompletedTask;
            }

            _exports.RemoveAt(index);
        }

        return Task.Run(export.Dispose);
    }
}
