using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A level of the configuration: a table and the keys that may stand in it.</summary>
/// <param name="title">How it is written, such as <c>[upstream.NAME]</c>.</param>
/// <param name="keys">Its keys.</param>
internal sealed class ConfigLevel<T>(string title, IReadOnlyList<LevelKey<T>> keys) : SchemaLevel(title, keys)
{
    private readonly Dictionary<string, LevelKey<T>> _byName = ByName(keys);

    /// <summary>The keys, typed.</summary>
    public IReadOnlyList<LevelKey<T>> LevelKeys { get; } = keys;

    /// <summary>Called when all keys of one table or phrase are read: may check them against each other.</summary>
    public Func<T, BoundKeys, BindContext, T>? Complete { get; init; }

    /// <summary>Finds a key.</summary>
    public LevelKey<T>? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Reads a table into a record.</summary>
    /// <returns>False when it has faults, which have been reported; the result holds what could be read.</returns>
    public bool TryBind(T blank, TomlTable table, BindContext context, out T result)
    {
        result = blank;
        var bound = new BoundKeys(table.Position);
        var faults = context.State.Errors.Count;
        var outer = context.Subject;
        foreach (var entry in table.Entries)
        {
            context.Subject = outer;
            if (Find(entry.Key.Name) is not { } key)
            {
                // What was meant is not missed as well.
                bound.See(FailUnknown(entry.Key.Name, entry.Key.Position, context) ?? entry.Key.Name);
                continue;
            }

            if (Admit is not null && !Admit(key, entry.Key, context))
            {
                continue;
            }

            bound.See(entry.Key.Name);
            context.Subject = Nested(outer, entry.Key.Name);
            var before = result;
            if (key.TryBind(ref result, entry.Value, context) && !ReferenceEquals(before, result))
            {
                bound.Add(entry.Key.Name, entry.Key.Position);
            }
        }

        context.Subject = outer;
        if (!context.HasSyntaxErrors)
        {
            RequireKeys(bound.Saw, table.Position, context);
        }

        if (Complete is not null)
        {
            result = Complete(result, bound, context);
        }

        return context.State.Errors.Count == faults;
    }

    /// <summary>Reads a phrase into a record.</summary>
    /// <param name="blank">The record to start from.</param>
    /// <param name="text">The phrase.</param>
    /// <param name="positional">The keys of the first words, by their place.</param>
    /// <param name="lastTakesRest">Whether the last of these takes all that follows, blanks included.</param>
    /// <param name="context">Where faults go.</param>
    /// <param name="result">The record.</param>
    /// <returns>False when it has faults, which have been reported.</returns>
    public bool TryBindPhrase(T blank, TomlString text, IReadOnlyList<string> positional, bool lastTakesRest, BindContext context, out T result)
    {
        result = blank;
        if (!context.TrySplit(text, lastTakesRest ? positional.Count : 0, out var words))
        {
            return false;
        }

        var bound = new BoundKeys(text.PositionOf(0));
        var faults = context.State.Errors.Count;
        var outer = context.Subject;
        for (var i = 0; i < words.Count; i++)
        {
            context.Subject = outer;
            var word = words[i];
            if (i < positional.Count)
            {
                bound.See(positional[i]);
                context.Subject = positional.Count == 1 ? outer : Nested(outer, positional[i]);
                if (Find(positional[i])!.TryBindWord(ref result, word, context))
                {
                    bound.Add(positional[i], word.Position);
                }
            }
            else
            {
                BindParameter(ref result, word, bound, context);
            }
        }

        context.Subject = outer;
        RequireKeys(bound.Saw, text.PositionOf(0), context);
        if (Complete is not null)
        {
            result = Complete(result, bound, context);
        }

        return context.State.Errors.Count == faults;
    }

    private void BindParameter(ref T result, Word word, BoundKeys bound, BindContext context)
    {
        var equals = word.Text.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? word.Text : word.Text[..equals];
        if (Find(name) is not { } key)
        {
            bound.See(FailUnknownParameter(word, name, context) ?? name);
            return;
        }

        if (bound.Saw(name))
        {
            context.Fail(word.Position, $"'{name}' is given twice");
            return;
        }

        bound.See(name);
        context.Subject = Nested(context.Subject, name);
        if (equals < 0 && !key.IsFlag)
        {
            context.Fail(word.Position, $"found no value, expected {name}= and {key.Expected}");
            return;
        }

        var value = equals < 0 ? word with { Text = "on" } : word.From(equals + 1);
        if (key.TryBindWord(ref result, value, context))
        {
            bound.Add(name, word.Position);
        }
    }

    private static string Nested(string outer, string name) => outer.Length == 0 ? name : $"{outer} {name}";

    private static Dictionary<string, LevelKey<T>> ByName(IReadOnlyList<LevelKey<T>> keys)
    {
        var byName = new Dictionary<string, LevelKey<T>>(keys.Count, StringComparer.Ordinal);
        foreach (var key in keys)
        {
            byName.Add(key.Name, key);
        }

        return byName;
    }
}
