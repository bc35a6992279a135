using System.Reflection;
using System.Text.RegularExpressions;
using Balancer.Observability.Logging;
using Balancer.Observability.Metrics;
using Balancer.Proxy;
using Balancer.TestSupport;
using Microsoft.Extensions.Logging;

namespace Balancer.Daemon.Hosting;

/// <summary>docs/operations.md explains every event of the error log, and neither it nor the alerts name metrics that do not exist.</summary>
public sealed partial class OperationsPageTests
{
    /// <summary>Written by the error log of itself.</summary>
    private const string Suppressed = "events-suppressed";

    private static readonly string Page = File.ReadAllText(RepositoryFiles.PathOf("docs", "operations.md"));

    [Fact]
    public void Every_event_is_explained_with_its_level_and_no_other()
    {
        var explained = Row().Matches(Page)
            .SelectMany(row => Name().Matches(row.Groups[1].Value).Select(name => (name.Groups[1].Value, row.Groups[2].Value)))
            .Order()
            .ToArray();

        Assert.Equal(Events().Append((Suppressed, "warn")).Distinct().Order(), explained);
    }

    [Theory]
    [InlineData("docs", "operations.md")]
    [InlineData("conf/prometheus", "alerts.yml")]
    public void Every_metric_that_is_named_exists(string folder, string file)
    {
        var known = MetricFamilies.All
            .SelectMany(family => family.Kind == MetricKind.Histogram ? [$"{family.SampleName}_bucket", $"{family.SampleName}_sum", $"{family.SampleName}_count", family.SampleName] : (string[])[family.SampleName])
            .ToHashSet();

        Assert.All(Metric().Matches(File.ReadAllText(RepositoryFiles.PathOf(folder, file))), name => Assert.Contains(name.Value, known));
    }

    private static IEnumerable<(string Name, string Level)> Events() =>
        from assembly in (Assembly[])[typeof(GatewayHost).Assembly, typeof(DaemonProcess).Assembly]
        from type in assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        let message = method.GetCustomAttribute<LoggerMessageAttribute>()
        where message is not null
        select (LogfmtWriter.ToKebabCase(message.EventName!), System.Text.Encoding.ASCII.GetString(ErrorLogLevels.Name(ErrorLogLevels.Of(message.Level, type.FullName!))));

    [GeneratedRegex(@"^\| (`[a-z0-9-]+`(?:, `[a-z0-9-]+`)*) \| (crit|error|warn|notice|info|debug) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([a-z0-9-]+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\b(balancer|process)_[a-z0-9_]+")]
    private static partial Regex Metric();
}
