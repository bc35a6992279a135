namespace Balancer.Configuration;

/// <summary><c>[vrrp_script.NAME]</c>: a command whose success a virtual router depends on.</summary>
public sealed record VrrpScriptConfig
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>Where the table starts.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary><c>script</c>: the absolute path of a program and its arguments, with blanks between; no shell.</summary>
    public string Command { get; init; } = "";

    /// <summary><c>interval</c> between two runs. Default 1 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>timeout</c>: a run that takes longer is ended and has failed; null is the interval.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary><c>weight</c>, -253 to 253. Default 0: its failure is a fault.</summary>
    public int Weight { get; init; }

    /// <summary><c>rise</c>: successes in a row until it works. Default 1.</summary>
    public int Rise { get; init; } = 1;

    /// <summary><c>fall</c>: failures in a row until it does not. Default 1.</summary>
    public int Fall { get; init; } = 1;
}
