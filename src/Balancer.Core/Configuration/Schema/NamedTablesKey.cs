using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>Tables by name, such as <c>[upstream.NAME]</c>. A name may be defined once in all files; case does not tell two apart, as in host names.</summary>
internal sealed class NamedTablesKey<T, TItem>(
    string name, ConfigLevel<TItem> level, Func<string, SourceLocation, TItem> blank, Func<TItem, string> nameOf, Func<T, IReadOnlyList<TItem>> get, Func<T, IReadOnlyList<TItem>, T> with) : SectionKey<T>(name)
{
    public override string TypeName => "tables by name";

    public override string Expected => level.Title;

    public override JsonObject Shape => JsonShape.TableOf(JsonShape.Table(level));

    public override bool TryBind(ref T target, TomlValue value, BindContext context)
    {
        if (value is not TomlTable tables)
        {
            return context.Fail(value.Position, $"expected {level.Title}, with a name of your choice");
        }

        var items = new List<TItem>(get(target));
        var faults = context.State.Errors.Count;
        var outer = context.Subject;
        foreach (var entry in tables.Entries)
        {
            context.Subject = "";
            if (entry.Value is not TomlTable table)
            {
                context.Fail(entry.Key.Position, level.Keys.Any(k => k.Name == entry.Key.Name)
                    ? $"found '{entry.Key.Name}' in [{Name}], expected a name in the header: {level.Title}"
                    : $"found the name '{entry.Key.Name}' without a table, expected {level.Title}");
                continue;
            }

            if (!TableName.IsValid(entry.Key.Name))
            {
                context.Fail(entry.Key.Position, $"found the name '{entry.Key.Name}', expected {TableName.Expected}");
            }
            else if (!context.State.TryDefine(Name, entry.Key.Name.ToLowerInvariant(), context.At(entry.Key.Position), out var first))
            {
                context.Fail(entry.Key.Position, $"the {Name} '{entry.Key.Name}' is already defined at {first}");
            }

            context.Subject = $"{Name} {entry.Key.Name}";
            level.TryBind(blank(entry.Key.Name, context.At(table.Position)), table, context, out var bound);
            items.Add(bound);
        }

        context.Subject = outer;
        target = with(target, items);
        return context.State.Errors.Count == faults;
    }

    public override void WriteSections(T source, TextWriter writer, string path)
    {
        foreach (var item in get(source))
        {
            var header = $"{PathIn(path)}.{TomlFormat.Key(nameOf(item))}";
            SectionWriter.Write(writer, $"[{header}]", level, item, header);
        }
    }
}
