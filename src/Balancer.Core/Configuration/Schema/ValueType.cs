using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The syntax of a value: how it is read from TOML or from a word of a phrase, how it is written, and how it is named to people.</summary>
internal abstract class ValueType<T>
{
    /// <summary>Short name for tables, such as <c>time</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What messages say was expected, such as <c>a time such as "30s", or a number of seconds</c>.</summary>
    public abstract string Expected { get; }

    /// <summary>What it looks like in a JSON schema.</summary>
    public abstract JsonObject Shape { get; }

    /// <summary>Reads a TOML value.</summary>
    /// <returns>False when it has a fault, which has been reported.</returns>
    public abstract bool TryRead(TomlValue value, BindContext context, out T result);

    /// <summary>Reads a word of a phrase.</summary>
    /// <returns>False when it has a fault, which has been reported.</returns>
    public abstract bool TryReadWord(Word word, BindContext context, out T result);

    /// <summary>Writes the value as TOML on one line (arrays may take several).</summary>
    public abstract string Write(T value);

    /// <summary>Writes the value as a word of a phrase, or null when only TOML can hold it.</summary>
    public virtual string? WriteWord(T value) => null;
}
