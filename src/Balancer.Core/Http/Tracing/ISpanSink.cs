using System.Diagnostics;

namespace Balancer.Http.Tracing;

/// <summary>Takes spans that have ended, on their way to a collector. Any thread.</summary>
internal interface ISpanSink
{
    /// <summary>Takes a span; one there is no room for is dropped and counted.</summary>
    void Add(Activity span);
}
