using Balancer.Proxy;
using Balancer.TestSupport;

namespace Balancer.Configuration;

/// <summary>
/// Each file in Broken/ is loaded, and every fault compared with the lines of the <c>.expected</c> file beside it: <c>line:column: message</c>.
/// With BALANCER_UPDATE_EXPECTED=1 the expectations are written anew, to be read by a human before they are committed.
/// </summary>
public sealed class BrokenFilesTests
{
    private static readonly string Folder = RepositoryFiles.PathOf("tests", "Balancer.Core.Tests", "Configuration", "Broken");

    public static TheoryData<string> Names() => [.. Directory.GetFiles(Folder, "*.toml").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_broken_file_is_refused_with_every_fault_and_its_place(string name)
    {
        var file = Path.Combine(Folder, name + ".toml");
        var result = GatewayConfiguration.Load(file);

        var actual = string.Concat(result.Errors.Select(e => e.ToString()[(file.Length + 1)..].Replace(Folder + "/", "") + "\n"));
        var expected = Path.ChangeExtension(file, ".expected");
        if (Environment.GetEnvironmentVariable("BALANCER_UPDATE_EXPECTED") == "1")
        {
            File.WriteAllText(expected, actual);
        }

        Assert.Null(result.Config);
        Assert.NotEmpty(result.Errors);
        Assert.All(result.Errors, e => Assert.Equal(file, e.Location.File));
        Assert.Equal(File.ReadAllText(expected), actual);
    }

    [Fact]
    public void There_are_at_least_thirty_broken_files()
    {
        Assert.True(Names().Count >= 30);
    }
}
