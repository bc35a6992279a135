using System.Text;
using System.Text.Json.Nodes;
using Balancer.Configuration.Schema;
using Balancer.Configuration.Toml;
using Balancer.Harness;
using Balancer.TestSupport;

namespace Balancer.Configuration;

/// <summary>The JSON schema and balancerd agree about files, as a validator of others' making (Ajv) understands the schema.</summary>
public sealed class SchemaScenarios : IDisposable
{
    /// <summary>Values of every kind. What a text says is not the schema's business, so there are none alone.</summary>
    private static readonly string[] s_values =
    [
        "true", "false", "0", "1", "-1", "2", "7", "255", "65536", "99999999999", "1.1", "1.5", "[]", "[1]", "[true]", "[[]]", "[[\"x\"]]", "[{}]", "{ zzz = 1 }", "{ zzz = { a = 1 } }", "[{ zzz = 1 }]", "[\"x\", 1]",
    ];

    /// <summary>What is refused for what the file says elsewhere, or what a text says, or because there is no other way to do it.</summary>
    private static readonly string[] s_onlyTheDaemonKnows =
    [
        "server = [{}]", "listen = [\"x\", 1]", "accept = false",
        "track_upstream = { zzz = 1 }", "track_upstream = [{ zzz = 1 }]", "track_listener = { zzz = 1 }", "track_listener = [{ zzz = 1 }]", "track_script = { zzz = 1 }", "track_script = [{ zzz = 1 }]",
    ];

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [RequiresNode("ajv")]
    public async Task Schema_and_daemon_take_and_refuse_the_same()
    {
        var cases = new List<(string Toml, bool Loads)>();
        foreach (var level in ConfigSchema.Sections)
        {
            // Includes are followed before a file is bound.
            foreach (var key in level.Keys.Where(static key => key.Name != TopLevel.IncludeKey))
            {
                string[] own = [.. ((string?[])[key.Example, key.Default]).OfType<string>().Where(static value => value.Length > 0)];
                cases.AddRange(own.Select(value => (KeyDocument.Of(level.Title, key.Name, value), true)));
                cases.AddRange(s_values.Where(value => !s_onlyTheDaemonKnows.Contains($"{key.Name} = {value}")).Select(value => KeyDocument.Of(level.Title, key.Name, value)).Select(toml => (toml, Loads(toml))));
            }

            cases.Add((KeyDocument.Of(level.Title, "zzz", "1"), false));
        }

        foreach (var file in (string[])["quickstart", "insightserenity", "leafyhealth", "microservices"])
        {
            cases.Add((await File.ReadAllTextAsync(Path.Combine(Repository.Root, "conf", $"{file}.toml")), true));
        }

        var documents = new JsonArray([.. cases.Select(one => ConfigurationSchema.ToJson(new TomlReader().Read(Encoding.UTF8.GetBytes(one.Toml)).Root))]);
        var verdicts = await ValidateAsync(documents);

        Assert.Equal(cases.Count, verdicts.Length);
        Assert.True(cases.Count > 5_000, $"{cases.Count} cases");
        var wrong = cases.Zip(verdicts).Where(pair => pair.First.Loads != (pair.Second.Length == 0)).Select(pair => $"{(pair.First.Loads ? $"loads, but the schema says {pair.Second}" : "is refused, but fits the schema")}:\n{pair.First.Toml}").ToArray();
        Assert.True(wrong.Length == 0, $"{wrong.Length} of {cases.Count}:\n{string.Join("\n", wrong.Take(60))}");
    }

    /// <summary>What Ajv has against each document; nothing is an empty text.</summary>
    private async Task<string[]> ValidateAsync(JsonArray documents)
    {
        using var schema = new StringWriter();
        ConfigurationSchema.Write(schema);
        var result = _directory.File("verdicts.json");
        await NodeScript.AssertOkAsync("validate-schema.js", _directory.Write("schema.json", schema.ToString()), _directory.Write("documents.json", documents.ToJsonString()), result);
        return [.. JsonNode.Parse(await File.ReadAllTextAsync(result))!.AsArray().Select(static verdict => verdict!.GetValue<string>())];
    }

    private static bool Loads(string toml) => ConfigurationLoader.Load("a.toml", new MemoryConfigurationFiles().Add("a.toml", toml)).Errors.Count == 0;
}
