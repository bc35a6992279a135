using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A level of the configuration, as the documentation and messages see it.</summary>
internal abstract class SchemaLevel(string title, IReadOnlyList<SchemaKey> keys)
{
    private const int ListedNames = 12;

    /// <summary>How it is written, such as <c>[upstream.NAME]</c>.</summary>
    public string Title { get; } = title;

    /// <summary>The keys in the order of the documentation.</summary>
    public IReadOnlyList<SchemaKey> Keys { get; } = keys;

    /// <summary>Names that nginx knows at this level and that are refused, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Refused { get; init; } = new Dictionary<string, string>();

    /// <summary>Decides whether a key of a table may be read, for a level that several files make.</summary>
    public Func<SchemaKey, TomlKey, BindContext, bool>? Admit { get; init; }

    /// <summary>Whether the level is made of tables in the file; otherwise it is the table form of a phrase.</summary>
    public bool IsSection => Title.StartsWith('[') || Title == ConfigSchema.TopLevelTitle;

    /// <summary>Reports a key that is none.</summary>
    /// <returns>The key that was probably meant.</returns>
    protected string? FailUnknown(string name, TomlPosition position, BindContext context)
    {
        if (Refused.TryGetValue(name, out var reason) || (IsSection && RefusedDirectives.TryGetReason(name, out reason)))
        {
            context.Fail(position, $"'{name}' {reason}");
            return null;
        }

        if (IsSection && ConfigSchema.TitleOfTables(name) is { } title)
        {
            context.Fail(position, $"'{name}' cannot stand in {Title}, expected {title}");
            return null;
        }

        if (IsSection && ConfigSchema.LevelsWith(name) is { Length: > 0 } levels)
        {
            context.Fail(position, $"'{name}' cannot stand in {Title}, it belongs in {levels}");
            return null;
        }

        context.Fail(position, $"unknown key '{name}'{InTitle}{Hint(name, out var nearest)}");
        return nearest;
    }

    /// <summary>Reports a parameter that is none.</summary>
    /// <returns>The parameter that was probably meant.</returns>
    protected string? FailUnknownParameter(Word word, string name, BindContext context)
    {
        if (Refused.TryGetValue(name, out var reason))
        {
            context.Fail(word.Position, $"'{name}' {reason}");
            return null;
        }

        context.Fail(word.Position, $"unknown parameter {BindContext.Show(name)}{Hint(name, out var nearest)}");
        return nearest;
    }

    protected void RequireKeys(Func<string, bool> has, TomlPosition position, BindContext context)
    {
        foreach (var key in Keys)
        {
            if (key.Required && !has(key.Name))
            {
                context.Fail(position, $"'{key.Name}' is missing{InTitle}, expected {key.Expected}");
            }
        }
    }

    private string InTitle => IsSection ? $" in {Title}" : "";

    private string Hint(string name, out string? nearest)
    {
        nearest = NearestName.Find(name, Keys.Select(static k => k.Name));
        if (nearest is not null)
        {
            return $", did you mean '{nearest}'?";
        }

        return Keys.Count <= ListedNames ? $", expected {string.Join(", ", Keys.Select(static k => k.Name))}" : "; docs/configuration.md lists the keys of this level";
    }
}
