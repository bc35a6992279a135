using System.Buffers;

namespace Balancer.Observability.Metrics;

/// <summary>Writes metrics in a text format that scrapers read.</summary>
internal interface IMetricsTextWriter
{
    /// <summary>The media type with its parameters.</summary>
    string ContentType { get; }

    /// <summary>Writes all families.</summary>
    void Write(IReadOnlyList<MetricFamilySamples> families, IBufferWriter<byte> output);
}
