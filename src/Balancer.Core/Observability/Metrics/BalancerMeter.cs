using System.Diagnostics.Metrics;
using System.Globalization;
using Balancer.Infrastructure;

namespace Balancer.Observability.Metrics;

/// <summary>
/// The metrics as instruments of <see cref="System.Diagnostics.Metrics"/>, for <c>dotnet-counters</c> and OpenTelemetry, under the names
/// of <see cref="MetricFamilies"/>. All are observable: the request path counts into striped counters whether anyone listens or not.
/// A histogram is three counters, as in Prometheus, because no observable histogram exists.
/// </summary>
internal sealed class BalancerMeter : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Balancer";

    private static readonly TimeSpan SnapshotAge = TimeSpan.FromMilliseconds(500);

    private readonly MetricsRegistry _registry;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private Dictionary<MetricFamily, MetricFamilySamples> _snapshot = [];
    private long _snapshotTaken;

    public BalancerMeter(MetricsRegistry registry, TimeProvider time)
    {
        _registry = registry;
        _time = time;
        foreach (var family in MetricFamilies.All)
        {
            Create(family);
        }
    }

    /// <summary>The meter.</summary>
    public Meter Meter { get; } = new(Name, BuildMetrics.Version);

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    private static KeyValuePair<string, object?>[] Tags(MetricFamily family, MetricSample sample, params ReadOnlySpan<KeyValuePair<string, object?>> more) =>
        [.. family.Labels.Zip(sample.LabelValues, (name, value) => new KeyValuePair<string, object?>(name, value)), .. more];

    private static IEnumerable<Measurement<double>> Buckets(MetricFamily family, MetricSample sample)
    {
        long count = 0;
        for (var i = 0; i < sample.Buckets.Length; i++)
        {
            count += sample.Buckets[i];
            var bound = i < StripedHistogram.Bounds.Count ? StripedHistogram.Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            yield return new Measurement<double>(count, Tags(family, sample, new KeyValuePair<string, object?>("le", bound)));
        }
    }

    private void Create(MetricFamily family)
    {
        switch (family.Kind)
        {
            case MetricKind.Counter:
                Meter.CreateObservableCounter(family.SampleName, () => Values(family), family.Unit, family.Help);
                break;
            case MetricKind.Histogram:
                Meter.CreateObservableCounter(family.Name + "_bucket", () => Samples(family).SelectMany(sample => Buckets(family, sample)), null, family.Help);
                Meter.CreateObservableCounter(family.Name + "_sum", () => Values(family), family.Unit, family.Help);
                Meter.CreateObservableCounter(family.Name + "_count", () => Samples(family).Select(sample => new Measurement<double>(sample.Buckets.Sum(), Tags(family, sample))), null, family.Help);
                break;
            default:
                Meter.CreateObservableGauge(family.SampleName, () => Values(family), family.Unit, family.Help);
                break;
        }
    }

    private IEnumerable<Measurement<double>> Values(MetricFamily family) =>
        Samples(family).Select(sample => new Measurement<double>(sample.Value, Tags(family, sample)));

    /// <summary>A listener asks instrument after instrument; the sources are asked once for all of them.</summary>
    private IReadOnlyList<MetricSample> Samples(MetricFamily family)
    {
        lock (_lock)
        {
            if (_snapshotTaken == 0 || _time.GetElapsedTime(_snapshotTaken) > SnapshotAge)
            {
                _snapshot = _registry.Collect().ToDictionary(samples => samples.Family);
                _snapshotTaken = _time.GetTimestamp();
            }

            return _snapshot.TryGetValue(family, out var samples) ? samples.Samples : [];
        }
    }
}
