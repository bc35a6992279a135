using Balancer.Infrastructure;

namespace Balancer.Http.Variables;

/// <summary>What the variables of a text may refer to, besides those every text knows.</summary>
/// <param name="clock">Gives <c>$time_local</c> and its like.</param>
/// <param name="captureNames">Named captures of the regular expressions that may choose the text's virtual server and location.</param>
/// <param name="defined">Variables that the configuration defines.</param>
internal sealed class VariableScope(WallClock clock, IEnumerable<string>? captureNames = null, IEnumerable<DefinedVariable>? defined = null)
{
    private readonly Dictionary<string, DefinedVariable> _defined = (defined ?? []).ToDictionary(static variable => variable.Name, StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _captureNames = new(captureNames ?? [], StringComparer.OrdinalIgnoreCase);

    /// <summary>Gives <c>$time_local</c> and its like.</summary>
    public WallClock Clock { get; } = clock;

    /// <summary>The captures that are variables by their name. Like every variable they are compared ignoring case.</summary>
    public IReadOnlyCollection<string> CaptureNames => _captureNames;

    /// <summary>The variables that the configuration defines.</summary>
    public IReadOnlyCollection<DefinedVariable> Defined => _defined.Values;

    /// <summary>The variable of that name that the configuration defines; null without one.</summary>
    public DefinedVariable? FindDefined(string name) => _defined.GetValueOrDefault(name);

    /// <summary>Whether a capture has this name.</summary>
    public bool HasCapture(string name) => _captureNames.Contains(name);
}
