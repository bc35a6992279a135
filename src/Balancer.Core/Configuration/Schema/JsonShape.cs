using System.Text.Json.Nodes;

namespace Balancer.Configuration.Schema;

/// <summary>Parts of a JSON schema (draft 7, which editors of TOML know): what a value may look like. Each call makes new ones, for a node has one place.</summary>
internal static class JsonShape
{
    /// <summary>Any string.</summary>
    public static JsonObject Text => new() { ["type"] = "string" };

    /// <summary>A boolean and nothing else.</summary>
    public static JsonObject Switch => new() { ["type"] = "boolean" };

    /// <summary>False, where it means <c>off</c>.</summary>
    public static JsonObject Off => new() { ["const"] = false };

    /// <summary>A string part of which comes from outside: what it will be nobody knows before.</summary>
    private static JsonObject Placeholder => new() { ["type"] = "string", ["pattern"] = "\\$\\{" };

    /// <summary>A boolean.</summary>
    public static JsonObject Boolean => AnyOf(Switch, Placeholder);

    /// <summary>A whole number, both ends included.</summary>
    public static JsonObject Integer(long least, long greatest) => AnyOf(Number(least, greatest), Placeholder);

    /// <summary>A whole number that cannot come from outside.</summary>
    public static JsonObject Number(long least, long greatest) => new() { ["type"] = "integer", ["minimum"] = least, ["maximum"] = greatest };

    /// <summary>One of a few words.</summary>
    public static JsonObject Words(IEnumerable<string> words) =>
        AnyOf(new JsonObject { ["enum"] = new JsonArray([.. words.Select(static word => JsonValue.Create(word))]) }, Placeholder);

    /// <summary>An array that is not empty.</summary>
    public static JsonObject ListOf(JsonObject item) => new() { ["type"] = "array", ["items"] = item, ["minItems"] = 1 };

    /// <summary>A table whose names are free.</summary>
    public static JsonObject TableOf(JsonObject value) => new() { ["type"] = "object", ["additionalProperties"] = value };

    /// <summary>A table of a level.</summary>
    public static JsonObject Table(SchemaLevel level) => Reference(level.Title);

    /// <summary>A definition of that name.</summary>
    public static JsonObject Reference(string title) => new() { ["$ref"] = $"#/definitions/{DefinitionName(title)}" };

    /// <summary>Any of several shapes; where one is a choice itself, any of its.</summary>
    public static JsonObject AnyOf(params IEnumerable<JsonObject> shapes)
    {
        var choices = new JsonArray();
        foreach (var shape in shapes)
        {
            if (shape["anyOf"] is not JsonArray inner)
            {
                Add(choices, shape);
                continue;
            }

            foreach (var choice in inner.ToArray())
            {
                inner.Remove(choice);
                Add(choices, choice!);
            }
        }

        return choices is [JsonObject only] ? Release(choices, only) : new JsonObject { ["anyOf"] = choices };
    }

    /// <summary>The name of a definition: the title without brackets.</summary>
    public static string DefinitionName(string title) => title.Trim('[', ']').Replace(' ', '_');

    private static void Add(JsonArray choices, JsonNode shape)
    {
        if (!choices.Any(choice => JsonNode.DeepEquals(choice, shape)))
        {
            choices.Add(shape);
        }
    }

    private static JsonObject Release(JsonArray choices, JsonObject only)
    {
        choices.Remove(only);
        return only;
    }
}
