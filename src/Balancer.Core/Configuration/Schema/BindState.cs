namespace Balancer.Configuration.Schema;

/// <summary>What the files of one configuration share while they are bound.</summary>
internal sealed class BindState
{
    private readonly Dictionary<(string Kind, string Name), SourceLocation> _names = [];

    /// <summary>Every fault so far.</summary>
    public List<ConfigError> Errors { get; } = [];

    /// <summary>Every regular expression, also of keys that have another fault.</summary>
    public List<PatternText> Patterns { get; } = [];

    /// <summary>Which parameters each <c>listen</c> spelled out; socket options of one address may come from any of its servers.</summary>
    public Dictionary<ListenConfig, IReadOnlyList<string>> ListenParameters { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Notes the definition of a name that may be defined once.</summary>
    /// <param name="kind">The kind of thing.</param>
    /// <param name="name">Its name.</param>
    /// <param name="location">Where it is defined.</param>
    /// <param name="first">Where it was defined before, when the result is false.</param>
    public bool TryDefine(string kind, string name, SourceLocation location, out SourceLocation first)
    {
        if (_names.TryGetValue((kind, name), out first))
        {
            return false;
        }

        _names.Add((kind, name), location);
        return true;
    }
}
