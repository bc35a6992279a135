using Balancer.TestSupport;

namespace Balancer.Configuration.Schema;

/// <summary>The tables of keys hold together: what they say of themselves is true.</summary>
public sealed class ConfigSchemaTests
{
    public static TheoryData<string, string> Sections()
    {
        var data = new TheoryData<string, string>();
        foreach (var level in ConfigSchema.Sections)
        {
            foreach (var key in level.Keys.Where(k => k.Example.Length > 0 && k.Name != "log_format"))
            {
                data.Add(level.Title, key.Name);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public void The_example_and_the_default_of_a_key_can_be_written(string title, string name)
    {
        var key = ConfigSchema.Sections.Single(l => l.Title == title).Keys.Single(k => k.Name == name);
        foreach (var value in new[] { key.Example, key.Default })
        {
            if (value is not null && name != "include")
            {
                ConfigurationText.LoadGood(KeyDocument.Of(title, name, value));
            }
        }
    }

    [Fact]
    public void Defaults_written_by_hand_are_those_of_the_records()
    {
        var upstream = new UpstreamConfig { Name = "x", Location = SourceLocation.None, Servers = [] };
        Assert.All(UpstreamLevel.Level.LevelKeys.Where(k => k.Write(upstream) is not null && k.Name != "server"), k => Assert.Equal(k.Default, k.Write(upstream)));
        var server = new UpstreamServerConfig { Source = SourceLocation.None, Address = "x" };
        Assert.All(UpstreamServerLevel.Level.LevelKeys.Where(k => k.Name != "address"), k => Assert.Equal(k.Default, k.Write(server)));
        var top = new TopLevel(new GatewayConfig { File = "", Settings = new SettingsConfig(), LogFormats = new Dictionary<string, ConfigText>(), Upstreams = [], Servers = [] });
        Assert.All(TopLevel.Level.LevelKeys.Where(k => k.Write(top) is not null), k => Assert.Equal(k.Default, k.Write(top)));
    }

    [Fact]
    public void Every_key_says_what_it_does()
    {
        foreach (var key in ConfigSchema.Sections.Concat(ConfigSchema.Phrases).SelectMany(l => l.Keys))
        {
            Assert.True(key.Summary.EndsWith('.'), key.Name);
            Assert.False(string.IsNullOrEmpty(key.TypeName), key.Name);
            Assert.False(string.IsNullOrEmpty(key.Expected), key.Name);
        }
    }

    [Fact]
    public void No_key_is_refused_elsewhere_as_unknown_to_the_schema()
    {
        foreach (var key in ConfigSchema.Sections.SelectMany(l => l.Keys))
        {
            Assert.False(RefusedDirectives.TryGetReason(key.Name, out _), key.Name);
        }
    }
}
