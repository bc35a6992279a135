using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Balancer.Configuration.Schema;
using Balancer.Configuration.Toml;

namespace Balancer.Configuration;

/// <summary>
/// The JSON schema of configuration files (draft 7), by which editors complete and check them. It is made from the tables the binder reads
/// by. Whatever loads fits it; what it cannot know is what stands in strings, and what keys say about each other.
/// </summary>
public static class ConfigurationSchema
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the schema, with a line feed at its end.</summary>
    public static void Write(TextWriter writer)
    {
        writer.Write(Make().ToJsonString(s_indented));
        writer.Write('\n');
    }

    /// <summary>Makes the schema.</summary>
    internal static JsonObject Make()
    {
        var settings = SettingsKeys.All.Select(static key => key.Name).ToHashSet(StringComparer.Ordinal);
        var definitions = new JsonObject();
        foreach (var level in ConfigSchema.Sections.Skip(1).Concat(ConfigSchema.Phrases))
        {
            definitions.Add(JsonShape.DefinitionName(level.Title), Of(level, settings));
        }

        foreach (var key in SettingsKeys.All)
        {
            definitions.Add(SettingName(key), Of(key));
        }

        var schema = Of(TopLevel.Level, settings);
        schema.Insert(0, "$schema", "http://json-schema.org/draft-07/schema#");
        schema.Insert(1, "title", "Configuration of balancerd");
        schema.Add("definitions", definitions);
        return schema;
    }

    /// <summary>A TOML value as JSON. Dates have no counterpart, and no key takes one.</summary>
    internal static JsonNode ToJson(TomlValue value) => value switch
    {
        TomlBoolean boolean => JsonValue.Create(boolean.Value),
        TomlInteger integer => JsonValue.Create(integer.Value),
        TomlFloat number => JsonValue.Create(number.Value),
        TomlArray array => new JsonArray([.. array.Items.Select(ToJson)]),
        TomlTable table => new JsonObject(table.Entries.Select(static entry => KeyValuePair.Create(entry.Key.Name, (JsonNode?)ToJson(entry.Value)))),
        TomlString text => JsonValue.Create(text.Value),
        _ => throw new ArgumentException($"{value.Kind} has no counterpart in JSON", nameof(value)),
    };

    private static JsonObject Of(SchemaLevel level, HashSet<string> settings)
    {
        var properties = new JsonObject();
        foreach (var key in level.Keys)
        {
            // A pool has keys of its own with the names of settings.
            properties.Add(key.Name, level != UpstreamLevel.Level && level.IsSection && settings.Contains(key.Name) ? JsonShape.Reference(SettingName(key)) : Of(key));
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (level.Keys.Any(static key => key.Required))
        {
            schema.Add("required", new JsonArray([.. level.Keys.Where(static key => key.Required).Select(static key => JsonValue.Create(key.Name))]));
        }

        return schema;
    }

    private static JsonObject Of(SchemaKey key)
    {
        var schema = new JsonObject { ["description"] = key.Origin.Length == 0 ? key.Summary : $"{key.Summary} ({key.Origin})" };
        if (key.Default is { } text && TryParse(text) is { } value)
        {
            schema.Add("default", value);
        }

        if (TryParse(key.Example) is { } example)
        {
            schema.Add("examples", new JsonArray(example));
        }

        var shape = key.Shape;
        if (shape.ContainsKey("$ref"))
        {
            // Draft 7 passes over what stands beside a reference.
            schema.Add("allOf", new JsonArray(shape));
            return schema;
        }

        foreach (var (name, part) in shape.ToArray())
        {
            shape.Remove(name);
            schema.Add(name, part);
        }

        return schema;
    }

    private static string SettingName(SchemaKey key) => $"settings.{key.Name}";

    private static JsonNode? TryParse(string toml)
    {
        var document = new TomlReader().Read(Encoding.UTF8.GetBytes($"x = {toml}"));
        return toml.Length > 0 && document.Errors.Count == 0 ? ToJson(document.Root.Entries[0].Value) : null;
    }
}
