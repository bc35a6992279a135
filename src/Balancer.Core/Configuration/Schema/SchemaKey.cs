using System.Text.Json.Nodes;

namespace Balancer.Configuration.Schema;

/// <summary>One key of a level, as the documentation, a JSON schema and the binder see it.</summary>
internal abstract class SchemaKey(string name)
{
    /// <summary>The key.</summary>
    public string Name { get; } = name;

    /// <summary>What it does, in a sentence or two.</summary>
    public string Summary { get; init; } = "";

    /// <summary>What holds where the key is absent, as TOML; null when nothing does, or the words of the summary say it.</summary>
    public string? Default { get; init; }

    /// <summary>A value as an example, as TOML.</summary>
    public string Example { get; init; } = "";

    /// <summary>Where the key comes from: an nginx directive, or another program's.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Whether a table of the level must have it.</summary>
    public bool Required { get; init; }

    /// <summary>Whether a record can tell that the key was not written; otherwise it holds the default then.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether several files may each bring a part.</summary>
    public bool Merges { get; init; }

    /// <summary>Short name of the type of its value.</summary>
    public abstract string TypeName { get; }

    /// <summary>What messages say was expected.</summary>
    public abstract string Expected { get; }

    /// <summary>What its value looks like in a JSON schema.</summary>
    public abstract JsonObject Shape { get; }
}
