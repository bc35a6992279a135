using System.Text.RegularExpressions;
using Balancer.TestSupport;

namespace Balancer.Observability.Metrics;

public sealed partial class MetricFamiliesTests
{
    [Fact]
    public void Names_are_unique_and_say_their_unit()
    {
        Assert.Equal(MetricFamilies.All.Count, MetricFamilies.All.Select(family => family.Name).Distinct().Count());
        Assert.All(MetricFamilies.All, family =>
        {
            Assert.Matches("^(balancer|process|dotnet)_[a-z0-9_]+$", family.Name);
            Assert.True(family.Unit is null || family.Name.EndsWith("_" + family.Unit, StringComparison.Ordinal), family.Name);
            Assert.DoesNotMatch("_(total|count|sum|bucket|info)$", family.Name);
            Assert.False(family.Help.EndsWith('.'));
            Assert.DoesNotContain("le", family.Labels);
        });
    }

    [Fact]
    public void Every_family_is_documented_and_no_other()
    {
        var documented = DocumentedName().Matches(File.ReadAllText(RepositoryFiles.PathOf("docs", "metrics.md"))).Select(match => match.Groups[1].Value);
        Assert.Equal(MetricFamilies.All.Select(family => family.SampleName), documented);
    }

    [GeneratedRegex(@"^\| `([a-z0-9_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex DocumentedName();
}
