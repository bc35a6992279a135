using Balancer.Configuration.Schema;
using Balancer.TestSupport;

namespace Balancer.Configuration;

/// <summary>
/// docs/configuration.md knows every key and no other. Its reference is made from the schema: BALANCER_UPDATE_EXPECTED=1 writes it anew.
/// </summary>
public sealed class DocumentationTests
{
    private const string Start = "<!-- reference -->\n";
    private const string End = "<!-- end of reference -->";

    private static readonly string Page = RepositoryFiles.PathOf("docs", "configuration.md");

    [Fact]
    public void The_reference_is_what_the_schema_says()
    {
        var page = File.ReadAllText(Page);
        var start = page.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        var end = page.IndexOf(End, StringComparison.Ordinal);
        var reference = ConfigReference.Render();
        if (Environment.GetEnvironmentVariable("BALANCER_UPDATE_EXPECTED") == "1")
        {
            File.WriteAllText(Page, page[..start] + reference + page[end..]);
        }
        else
        {
            Assert.Equal(reference, page[start..end]);
        }
    }

    [Fact]
    public void Every_key_has_a_heading_and_every_heading_a_key()
    {
        var headings = File.ReadLines(Page).Where(l => l.StartsWith("### `")).Select(l => l[5..].TrimEnd('`')).ToHashSet();
        var keys = ConfigSchema.Sections.SelectMany(l => l.Keys).Select(k => k.Name).ToHashSet();

        Assert.Equal(keys.Order(), headings.Order());
    }

    [Fact]
    public void Every_level_of_parts_has_its_table()
    {
        var page = File.ReadAllText(Page);

        Assert.All(ConfigSchema.Phrases.SelectMany(l => l.Keys), k => Assert.Contains($"| `{k.Name}` | {k.TypeName} |", page));
    }

    [Fact]
    public void The_first_example_of_the_page_loads()
    {
        var page = File.ReadAllText(Page);
        var start = page.IndexOf("```toml\n", StringComparison.Ordinal) + "```toml\n".Length;
        var example = page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
        var files = new MemoryConfigurationFiles().Add("main.toml", example);

        Assert.Empty(ConfigurationLoader.Load("main.toml", files).Errors);
    }
}
