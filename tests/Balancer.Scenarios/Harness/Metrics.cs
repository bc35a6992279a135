using System.Globalization;
using System.Text.RegularExpressions;

namespace Balancer.Harness;

/// <summary>A scrape in the Prometheus text format.</summary>
internal sealed partial class Metrics
{
    private readonly List<(string Name, Dictionary<string, string> Labels, double Value)> _samples = [];

    /// <summary>The names of all samples.</summary>
    public IEnumerable<string> Names => _samples.Select(s => s.Name).Distinct();

    /// <summary>Reads the text format.</summary>
    public static Metrics Parse(string text)
    {
        var metrics = new Metrics();
        foreach (var line in text.Split('\n').Where(l => l.Length > 0 && !l.StartsWith('#')))
        {
            var sample = Sample().Match(line);
            Assert.True(sample.Success, $"not a sample: {line}");
            metrics._samples.Add((
                sample.Groups[1].Value,
                Label().Matches(sample.Groups[2].Value).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value),
                double.Parse(sample.Groups[3].Value.Replace("Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture)));
        }

        return metrics;
    }

    /// <summary>The sum of all samples of a name whose labels include the given ones, each written <c>name=value</c>.</summary>
    public double Sum(string name, params string[] labels) =>
        _samples.Where(s => s.Name == name && labels.All(l => Fits(s.Labels, l))).Sum(s => s.Value);

    /// <summary>Whether there is such a sample.</summary>
    public bool Has(string name, params string[] labels) => _samples.Exists(s => s.Name == name && labels.All(l => Fits(s.Labels, l)));

    private static bool Fits(Dictionary<string, string> labels, string wanted)
    {
        var at = wanted.IndexOf('=', StringComparison.Ordinal);
        return labels.TryGetValue(wanted[..at], out var value) && value == wanted[(at + 1)..];
    }

    [GeneratedRegex("""^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})? ([^ ]+)(?: [0-9.]+)?(?: # .*)?$""")]
    private static partial Regex Sample();

    [GeneratedRegex("""([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)",?""")]
    private static partial Regex Label();
}
