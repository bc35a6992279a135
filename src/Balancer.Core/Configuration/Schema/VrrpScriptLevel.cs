namespace Balancer.Configuration.Schema;

/// <summary>The keys of <c>[vrrp_script.NAME]</c>, which are keepalived's.</summary>
internal static class VrrpScriptLevel
{
    public static ConfigLevel<VrrpScriptConfig> Level { get; } = new("[vrrp_script.NAME]",
    [
        Key.Always<VrrpScriptConfig, string>(
            "script", VrrpCommandKeys.Type, static s => s.Command, static (s, v) => s with { Command = v }, null,
            "The program and its arguments, with blanks between; no shell reads it. It works while it exits with 0.", "\"/usr/local/bin/check-route\"", Keepalived("script"), required: true),
        Key.Always<VrrpScriptConfig, TimeSpan>(
            "interval", new TimeType(TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)), static s => s.Interval, static (s, v) => s with { Interval = v }, "\"1s\"",
            "How often it is run.", "\"5s\"", Keepalived("interval")),
        Key.Optional<VrrpScriptConfig, TimeSpan>(
            "timeout", new TimeType(TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)), static s => s.Timeout, static (s, v) => s with { Timeout = v }, null,
            "A run that takes longer is killed, and has failed. Without it the interval.", "\"2s\"", Keepalived("timeout")),
        Key.Always<VrrpScriptConfig, int>(
            "weight", WeightType.Instance, static s => s.Weight, static (s, v) => s with { Weight = v }, "0",
            "Added to the priority: a positive one while it works, a negative one while it does not; with 0 the instance is in fault while it does not.", "-20", Keepalived("weight")),
        Key.Always<VrrpScriptConfig, int>(
            "rise", new IntegerType(1, 1000), static s => s.Rise, static (s, v) => s with { Rise = v }, "1",
            "Successes in a row until it works again.", "2", Keepalived("rise")),
        Key.Always<VrrpScriptConfig, int>(
            "fall", new IntegerType(1, 1000), static s => s.Fall, static (s, v) => s with { Fall = v }, "1",
            "Failures in a row until it does not work. The first run after a start counts alone.", "3", Keepalived("fall")),
    ])
    {
        Refused = new Dictionary<string, string>
        {
            ["user"] = "is not supported: it runs as the user of the daemon",
            ["init_fail"] = RefusedDirectives.NotYet,
        },
    };

    private static string Keepalived(string name) => $"keepalived `{name}`";
}
