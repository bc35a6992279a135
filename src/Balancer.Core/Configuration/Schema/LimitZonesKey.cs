using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;

namespace Balancer.Configuration.Schema;

/// <summary>Zones by name: tables such as <c>[limit_req_zone.admin]</c>, or nginx's phrases, in which the name stands in <c>zone=</c>.</summary>
/// <param name="tables">The tables.</param>
/// <param name="phrase">A phrase.</param>
/// <param name="nameOf">The name in it.</param>
/// <param name="get">The zones so far.</param>
/// <param name="with">A copy of the record with other zones.</param>
internal sealed class LimitZonesKey<T, TItem>(
    NamedTablesKey<T, TItem> tables, PhraseType<TItem> phrase, Func<TItem, string> nameOf, Func<T, IReadOnlyList<TItem>> get, Func<T, IReadOnlyList<TItem>, T> with) : SectionKey<T>(tables.Name)
{
    public override string TypeName => "tables by name, or a phrase, or an array of phrases";

    public override string Expected => $"{tables.Expected}, or {phrase.Expected}, or an array of such";

    public override JsonObject Shape => JsonShape.AnyOf(tables.Shape, phrase.Shape, JsonShape.ListOf(phrase.Shape));

    public override bool TryBind(ref T target, TomlValue value, BindContext context)
    {
        if (value is TomlTable)
        {
            return tables.TryBind(ref target, value, context);
        }

        var zones = new List<TItem>(get(target));
        var elements = value is TomlArray { Items.Count: > 0 } array ? array.Items : [value];
        var well = true;
        foreach (var element in elements)
        {
            if (element is not TomlString and not TomlTable)
            {
                well = context.FailExpected(element, Expected);
            }
            else if (!phrase.TryRead(element, context, out var zone))
            {
                well = false;
            }
            else if (!context.State.TryDefine(Name, nameOf(zone).ToLowerInvariant(), context.At(element.Position), out var first))
            {
                well = context.Fail(element.Position, $"the {Name} '{nameOf(zone)}' is already defined at {first}");
            }
            else
            {
                zones.Add(zone);
            }
        }

        target = with(target, zones);
        return well;
    }

    public override void WriteSections(T source, TextWriter writer, string path) => tables.WriteSections(source, writer, path);
}
