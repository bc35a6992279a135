using System.Text.Json.Nodes;
using Balancer.Configuration.Schema;
using Balancer.TestSupport;

namespace Balancer.Configuration;

/// <summary>The JSON schema of configuration files. BALANCER_UPDATE_EXPECTED=1 writes the shipped one anew.</summary>
public sealed class ConfigurationSchemaTests
{
    private static readonly string Shipped = RepositoryFiles.PathOf("conf", "balancerd.schema.json");

    [Fact]
    public void The_shipped_schema_is_the_one_that_is_printed()
    {
        using var text = new StringWriter();
        ConfigurationSchema.Write(text);
        if (Environment.GetEnvironmentVariable("BALANCER_UPDATE_EXPECTED") == "1")
        {
            File.WriteAllText(Shipped, text.ToString());
        }

        Assert.Equal(File.ReadAllText(Shipped), text.ToString());
    }

    [Fact]
    public void Every_reference_leads_to_a_definition_and_every_definition_is_used()
    {
        var schema = ConfigurationSchema.Make();
        var references = Nodes(schema).OfType<JsonObject>().Select(static node => node["$ref"]?.GetValue<string>()).OfType<string>().Select(static reference => reference.Split('/')[^1]).ToHashSet();

        Assert.Equal(schema["definitions"]!.AsObject().Select(static pair => pair.Key).Order(), references.Order());
    }

    [Fact]
    public void Every_key_of_every_level_is_described()
    {
        var schema = ConfigurationSchema.Make();
        foreach (var level in ConfigSchema.Sections.Concat(ConfigSchema.Phrases))
        {
            var table = level == TopLevel.Level ? schema : schema["definitions"]![JsonShape.DefinitionName(level.Title)]!;
            foreach (var key in level.Keys)
            {
                var property = table["properties"]![key.Name]!;
                property = property["$ref"] is { } reference ? schema["definitions"]![reference.GetValue<string>().Split('/')[^1]]! : property;
                Assert.StartsWith(key.Summary, property["description"]!.GetValue<string>(), StringComparison.Ordinal);
            }
        }
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode node) => node switch
    {
        JsonObject table => table.Select(static pair => pair.Value).OfType<JsonNode>().SelectMany(Nodes).Prepend(node),
        JsonArray array => array.OfType<JsonNode>().SelectMany(Nodes).Prepend(node),
        _ => [node],
    };
}
