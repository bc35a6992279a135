using System.Globalization;

namespace Balancer.Failover;

/// <summary>What a probe has seen.</summary>
/// <param name="LongestGap">The longest time between the starts of two attempts that succeeded one after the other: at least the interval of the probe.</param>
/// <param name="LongestPause">The longest time between the starts of any two attempts: how well the machine kept the interval. A gap of this size means nothing.</param>
/// <param name="Attempts">Attempts made.</param>
/// <param name="Successes">Attempts that were answered in time.</param>
/// <param name="Answers">How many answers each gateway gave, for probes that know.</param>
internal sealed record ProbeReport(TimeSpan LongestGap, TimeSpan LongestPause, int Attempts, int Successes, IReadOnlyDictionary<string, int> Answers)
{
    /// <summary>Milliseconds of <see cref="LongestGap"/> without what the probe itself was late.</summary>
    public double Gap => Math.Max(0, (LongestGap - (2 * LongestPause)).TotalMilliseconds);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"gap {LongestGap.TotalMilliseconds:f0} ms (pause {LongestPause.TotalMilliseconds:f0} ms), {Successes} of {Attempts}, {string.Join(' ', Answers.Select(a => $"{a.Key}={a.Value}"))}");
}
