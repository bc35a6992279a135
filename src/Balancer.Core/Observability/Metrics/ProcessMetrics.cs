using System.Globalization;

namespace Balancer.Observability.Metrics;

/// <summary>What the kernel says about the process, under the names that every Prometheus client uses. Reads /proc.</summary>
internal sealed class ProcessMetrics : IMetricsSource
{
    private static readonly DateTimeOffset Start = new(System.Diagnostics.Process.GetCurrentProcess().StartTime.ToUniversalTime());

    /// <inheritdoc/>
    public void Collect(MetricsCollector collector)
    {
        collector.Add(MetricFamilies.ProcessCpu, Environment.CpuUsage.TotalTime.TotalSeconds);
        collector.Add(MetricFamilies.ProcessStartTime, Start.ToUnixTimeMilliseconds() / 1000.0);
        collector.Add(MetricFamilies.ProcessOpenFds, Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
        collector.Add(MetricFamilies.ProcessMaxFds, MaxFileDescriptors());
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            switch (line.Split(':')[0])
            {
                case "VmRSS":
                    collector.Add(MetricFamilies.ProcessResidentMemory, Number(line) * 1024);
                    break;
                case "VmSize":
                    collector.Add(MetricFamilies.ProcessVirtualMemory, Number(line) * 1024);
                    break;
                case "Threads":
                    collector.Add(MetricFamilies.ProcessThreads, Number(line));
                    break;
                default:
                    break;
            }
        }
    }

    private static double MaxFileDescriptors()
    {
        const string Name = "Max open files";
        foreach (var line in File.ReadLines("/proc/self/limits"))
        {
            if (line.StartsWith(Name, StringComparison.Ordinal))
            {
                var soft = line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
                return soft == "unlimited" ? double.PositiveInfinity : double.Parse(soft, CultureInfo.InvariantCulture);
            }
        }

        return double.NaN;
    }

    private static double Number(string line) => double.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
