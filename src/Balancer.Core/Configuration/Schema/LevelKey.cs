using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A key of a level that binds to <typeparamref name="T"/>.</summary>
internal abstract class LevelKey<T>(string name) : SchemaKey(name)
{
    /// <summary>Whether the key is a switch, whose bare name may stand in a phrase.</summary>
    public virtual bool IsFlag => false;

    /// <summary>Reads a TOML value into the target.</summary>
    /// <returns>False when it has a fault, which has been reported.</returns>
    public abstract bool TryBind(ref T target, TomlValue value, BindContext context);

    /// <summary>Reads a word of a phrase into the target.</summary>
    /// <returns>False when it has a fault, which has been reported.</returns>
    public abstract bool TryBindWord(ref T target, Word word, BindContext context);

    /// <summary>The value as TOML; null when the source has none.</summary>
    public abstract string? Write(T source);

    /// <summary>The value as a word of a phrase; null when the source has none or no word can hold it.</summary>
    public abstract string? WriteWord(T source);
}
