namespace Balancer.Architecture;

/// <summary>A rule that nothing may break.</summary>
internal static class Rule
{
    /// <summary>Fails with every breach, in full.</summary>
    public static void Holds(IEnumerable<string> breaches)
    {
        var all = string.Join('\n', breaches.Distinct());
        Assert.True(all.Length == 0, all);
    }
}
