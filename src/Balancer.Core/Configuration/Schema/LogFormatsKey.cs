using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;

namespace Balancer.Configuration.Schema;

/// <summary><c>[log_format]</c>: texts with variables by name. An array of texts is joined, as nginx does with several strings.</summary>
internal sealed class LogFormatsKey() : SectionKey<TopLevel>("log_format")
{
    /// <summary>Formats that exist without being written.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } = ["combined", "json"];

    public override string TypeName => "table of texts with variables";

    public override string Expected => "a table of formats: main = '$remote_addr \"$request\" $status'";

    public override JsonObject Shape => JsonShape.TableOf(JsonShape.AnyOf(JsonShape.Text, JsonShape.ListOf(JsonShape.Text)));

    public override bool TryBind(ref TopLevel target, TomlValue value, BindContext context)
    {
        if (value is not TomlTable table)
        {
            return context.FailExpected(value, Expected);
        }

        var formats = new Dictionary<string, ConfigText>(target.Config.LogFormats);
        var faults = context.State.Errors.Count;
        foreach (var entry in table.Entries)
        {
            if (BuiltIn.Contains(entry.Key.Name))
            {
                context.Fail(entry.Key.Position, $"the format '{entry.Key.Name}' is built in, expected another name");
            }
            else if (!context.State.TryDefine(Name, entry.Key.Name, context.At(entry.Key.Position), out var first))
            {
                context.Fail(entry.Key.Position, $"the format '{entry.Key.Name}' is already defined at {first}");
            }
            else if (TryReadFormat(entry.Value, context, out var format))
            {
                formats.Add(entry.Key.Name, format);
            }
        }

        target = target with { Config = target.Config with { LogFormats = formats } };
        return context.State.Errors.Count == faults;
    }

    public override void WriteSections(TopLevel source, TextWriter writer, string path)
    {
        if (source.Config.LogFormats.Count == 0)
        {
            return;
        }

        writer.Write("\n[log_format]\n");
        foreach (var (name, format) in source.Config.LogFormats)
        {
            writer.Write($"{TomlFormat.Key(name)} = {TomlFormat.Quote(format.Written)}\n");
        }
    }

    private static bool TryReadFormat(TomlValue value, BindContext context, out ConfigText format)
    {
        format = new ConfigText("", context.At(value.Position));
        var parts = value is TomlArray { Items.Count: > 0 } array ? array.Items : [value];
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i] is not TomlString text)
            {
                return context.FailExpected(parts[i], "a text with variables, or an array of texts that are joined");
            }

            var part = context.Text(text, 0, text.Value);
            format = i == 0 ? part : format.Append(part);
        }

        return true;
    }
}
