using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;

namespace Balancer.Configuration.Schema;

/// <summary>An array of tables, such as <c>[[server]]</c>.</summary>
internal sealed class TablesKey<T, TItem>(
    string name, ConfigLevel<TItem> level, Func<SourceLocation, TItem> blank, Func<T, IReadOnlyList<TItem>> get, Func<T, IReadOnlyList<TItem>, T> with) : SectionKey<T>(name)
{
    public override string TypeName => "array of tables";

    public override string Expected => level.Title;

    public override JsonObject Shape => JsonShape.ListOf(JsonShape.Table(level));

    public override bool TryBind(ref T target, TomlValue value, BindContext context)
    {
        if (value is not TomlArray { Items: [TomlTable, ..] } array)
        {
            return value is TomlTable ? context.Fail(value.Position, $"found [{Name}], expected {level.Title} with two brackets") : context.FailExpected(value, level.Title);
        }

        var items = new List<TItem>(get(target));
        var well = true;
        var outer = context.Subject;
        foreach (var item in array.Items)
        {
            context.Subject = "";
            if (item is TomlTable table)
            {
                well &= level.TryBind(blank(context.At(table.Position)), table, context, out var bound);
                items.Add(bound);
            }
            else
            {
                well = context.FailExpected(item, "a table");
            }
        }

        context.Subject = outer;
        target = with(target, items);
        return well;
    }

    public override void WriteSections(T source, TextWriter writer, string path)
    {
        foreach (var item in get(source))
        {
            SectionWriter.Write(writer, $"[[{PathIn(path)}]]", level, item, PathIn(path));
        }
    }
}
