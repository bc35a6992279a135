using Balancer.Infrastructure;

namespace Balancer.Http.Variables;

/// <summary>What the variables of a text may refer to, besides those every text knows.</summary>
/// <param name="clock">Gives <c>$time_local</c> and its like.</param>
/// <param name="captureNames">Named captures of the regular expressions that may choose the text's virtual server and location.</param>
internal sealed class VariableScope(WallClock clock, IEnumerable<string>? captureNames = null)
{
    private readonly HashSet<string> _captureNames = new(captureNames ?? [], StringComparer.OrdinalIgnoreCase);

    /// <summary>Gives <c>$time_local</c> and its like.</summary>
    public WallClock Clock { get; } = clock;

    /// <summary>The captures that are variables by their name. Like every variable they are compared ignoring case.</summary>
    public IReadOnlyCollection<string> CaptureNames => _captureNames;

    /// <summary>Whether a capture has this name.</summary>
    public bool HasCapture(string name) => _captureNames.Contains(name);
}
