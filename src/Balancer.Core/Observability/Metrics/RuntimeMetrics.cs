namespace Balancer.Observability.Metrics;

/// <summary>Garbage collector and thread pool of the .NET runtime.</summary>
internal sealed class RuntimeMetrics : IMetricsSource
{
    /// <inheritdoc/>
    public void Collect(MetricsCollector collector)
    {
        // GC.CollectionCount counts a collection in every generation below its own too.
        var older = 0;
        for (var generation = GC.MaxGeneration; generation >= 0; generation--)
        {
            var count = GC.CollectionCount(generation);
            collector.Add(MetricFamilies.GcCollections, count - older, generation.ToString());
            older = count;
        }

        collector.Add(MetricFamilies.GcHeap, GC.GetGCMemoryInfo().HeapSizeBytes);
        collector.Add(MetricFamilies.GcPause, GC.GetTotalPauseDuration().TotalSeconds);
        collector.Add(MetricFamilies.GcAllocated, GC.GetTotalAllocatedBytes());
        collector.Add(MetricFamilies.ThreadPoolThreads, ThreadPool.ThreadCount);
        collector.Add(MetricFamilies.ThreadPoolQueue, ThreadPool.PendingWorkItemCount);
    }
}
