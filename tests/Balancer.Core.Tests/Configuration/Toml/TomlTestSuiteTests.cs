using System.Text.Json;
using Balancer.TestSupport;

namespace Balancer.Configuration.Toml;

/// <summary>Agreement with the public toml-test suite.</summary>
public sealed class TomlTestSuiteTests
{
    private const string Suite = "toml-test/tests";

    [SharedFact(Suite)]
    public void Every_valid_file_gives_the_typed_tree_of_the_json_beside_it()
    {
        var differences = new List<string>();
        var files = Listed("valid/");
        foreach (var file in files)
        {
            var document = TomlReader.Instance.Read(File.ReadAllBytes(file));
            if (document.Errors.Count > 0)
            {
                differences.Add($"{file}: {document.Errors[0]}");
                continue;
            }

            using var expected = JsonDocument.Parse(File.ReadAllBytes(Path.ChangeExtension(file, ".json")));
            if (TomlTestComparison.Difference(document.Root, expected.RootElement) is { } difference)
            {
                differences.Add($"{file}: {difference}");
            }
        }

        Assert.Empty(differences);
        Assert.True(files.Count > 200, $"only {files.Count} valid files found");
    }

    [SharedFact(Suite)]
    public void Every_invalid_file_is_rejected_with_a_place_inside_it()
    {
        var accepted = new List<string>();
        var files = Listed("invalid/");
        foreach (var file in files)
        {
            var bytes = File.ReadAllBytes(file);
            var document = TomlReader.Instance.Read(bytes);
            var lines = bytes.AsSpan().Count((byte)'\n') + 1;
            if (document.Errors.Count == 0 || document.Errors.Any(e => e.Position.Line < 1 || e.Position.Line > lines || e.Position.Column < 1))
            {
                accepted.Add(file);
            }
        }

        Assert.Empty(accepted);
        Assert.True(files.Count > 400, $"only {files.Count} invalid files found");
    }

    private static List<string> Listed(string prefix)
    {
        var root = RepositoryFiles.SharedPathOf(Suite);
        return [.. File.ReadLines(Path.Combine(root, "files-toml-1.0.0")).Where(line => line.StartsWith(prefix) && line.EndsWith(".toml")).Select(line => Path.Combine(root, line))];
    }
}
