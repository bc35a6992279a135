using Balancer.TestSupport;

namespace Balancer.Configuration;

/// <summary>Configurations of several files.</summary>
public sealed class IncludeTests
{
    [Fact]
    public void Files_that_fit_are_merged_in_the_order_of_their_names_before_the_file_itself()
    {
        var result = Load(new MemoryConfigurationFiles()
            .Add("etc/main.toml", "include = ['conf.d/*.toml', 'more.toml']\n[[server]]\nlisten = 83\n")
            .Add("etc/conf.d/b.toml", "[[server]]\nlisten = 82\n[upstream.b]\nserver = '10.0.0.2'\n")
            .Add("etc/conf.d/a.toml", "[[server]]\nlisten = 81\n[upstream.a]\nserver = '10.0.0.1'\n")
            .Add("etc/conf.d/.hidden.toml", "x = 1")
            .Add("etc/conf.d/readme.txt", "x")
            .Add("etc/more.toml", "keepalive_timeout = 5\ninclude = 'deep/x.toml'\n[log_format]\na = 'a'\n")
            .Add("etc/deep/x.toml", "pid = '/run/x.pid'\n[log_format]\nb = 'b'\n"));

        Assert.Empty(result.Errors);
        var config = result.Config!;
        Assert.Equal("etc/main.toml", config.File);
        Assert.Equal(["0.0.0.0:81", "0.0.0.0:82", "0.0.0.0:83"], config.Servers.Select(s => s.Listen[0].EndPoint.ToString()));
        Assert.Equal(["a", "b"], config.Upstreams.Select(u => u.Name));
        Assert.Equal(["a", "b"], config.LogFormats.Keys.Order());
        Assert.Equal((TimeSpan.FromSeconds(5), "/run/x.pid"), (config.Settings.KeepaliveTimeout, config.PidFile));
        Assert.Equal("etc/conf.d/b.toml", config.Upstreams[1].Location.File);
    }

    [Fact]
    public void A_name_defined_in_two_files_is_a_fault_that_names_both_places()
    {
        AssertFaults(
            new MemoryConfigurationFiles()
                .Add("etc/main.toml", "include = 'a.toml'\npid = '/b'\n[admin]\nlisten = '127.0.0.1:2'\n[log_format]\nm = 'x'\n[upstream.app]\nserver = '10.0.0.1'\n[[server]]\n")
                .Add("etc/a.toml", "pid = '/a'\n[upstream.app]\nserver = '10.0.0.2'\n[log_format]\nm = 'y'\n[admin]\nlisten = '127.0.0.1:1'\n"),
            """
            etc/main.toml:2:1: 'pid' is already set at etc/a.toml:1:1
            etc/main.toml:3:2: 'admin' is already set at etc/a.toml:6:2
            etc/main.toml:6:1: log_format: the format 'm' is already defined at etc/a.toml:5:1
            etc/main.toml:7:11: the upstream 'app' is already defined at etc/a.toml:2:11
            """);
    }

    [Fact]
    public void A_cycle_is_a_fault()
    {
        AssertFaults(
            new MemoryConfigurationFiles()
                .Add("etc/main.toml", "include = 'a.toml'\n[[server]]\n")
                .Add("etc/a.toml", "include = 'b.toml'\n")
                .Add("etc/b.toml", "include = ['../etc/./a.toml', 'main.toml', 'b.toml']\n"),
            """
            etc/b.toml:1:13: include: 'etc/../etc/./a.toml' includes itself, by way of etc/main.toml, etc/a.toml, etc/b.toml
            etc/b.toml:1:32: include: 'etc/main.toml' includes itself, by way of etc/main.toml, etc/a.toml, etc/b.toml
            etc/b.toml:1:45: include: 'etc/b.toml' includes itself, by way of etc/main.toml, etc/a.toml, etc/b.toml
            """);
    }

    [Fact]
    public void A_file_included_twice_is_a_fault()
    {
        AssertFaults(
            new MemoryConfigurationFiles().Add("etc/main.toml", "include = ['a.toml', '*.toml']\n[[server]]\n").Add("etc/a.toml", "").Add("etc/z.toml", ""),
            """
            etc/main.toml:1:23: include: 'etc/a.toml' is already included at etc/main.toml:1:13
            etc/main.toml:1:23: include: 'etc/main.toml' includes itself, by way of etc/main.toml
            """);
    }

    [Fact]
    public void A_pattern_may_fit_nothing()
    {
        var result = Load(new MemoryConfigurationFiles().Add("etc/main.toml", "include = 'none/*.toml'\n[[server]]\n"));

        Assert.Empty(result.Errors);
    }

    [Fact]
    public void Faults_of_all_files_are_reported_in_one_go_file_by_file()
    {
        AssertFaults(
            new MemoryConfigurationFiles()
                .Add("etc/main.toml", "include = 'z.toml'\nkeepalive_timeout = 'x'\n[[server]]\nlisen = 80\n")
                .Add("etc/z.toml", "include = 'a.toml'\n[upstream.app]\nserver = '10.0.0.1 weigth=1'\n")
                .Add("etc/a.toml", "send_timeout = 5s\nfrobnicate = 1\n"),
            """
            etc/main.toml:2:22: keepalive_timeout: found 'x', expected a time up to 24d, such as "30s", "500ms" or "1m30s", or a number of seconds
            etc/main.toml:4:1: unknown key 'lisen' in [[server]], did you mean 'listen'?
            etc/z.toml:3:20: upstream app server: unknown parameter 'weigth', did you mean 'weight'?
            etc/a.toml:1:16: found '5s', which is not a number; a text needs quotes
            etc/a.toml:2:1: unknown key 'frobnicate' in the top level; docs/configuration.md lists the keys of this level
            """);
    }

    [Fact]
    public void A_missing_main_file_is_a_fault_without_a_line()
    {
        AssertFaults(new MemoryConfigurationFiles(), "etc/main.toml: the file does not exist");
    }

    [Fact]
    public void Files_of_the_disk_are_read_and_their_absence_reported()
    {
        var folder = Directory.CreateTempSubdirectory("balancer-config-");
        try
        {
            var main = Path.Combine(folder.FullName, "main.toml");
            Directory.CreateDirectory(Path.Combine(folder.FullName, "d"));
            File.WriteAllText(main, "include = ['d/[ab]?.toml', 'd']\n[[server]]\n");
            File.WriteAllText(Path.Combine(folder.FullName, "d", "a1.toml"), "[upstream.a1]\nserver = '10.0.0.1'\n");
            File.WriteAllText(Path.Combine(folder.FullName, "d", "c1.toml"), "[upstream.c1]\nserver = '10.0.0.1'\n");

            var error = Assert.Single(ConfigurationLoader.Load(main).Errors);
            Assert.Equal($"{main}:1:29: include: '{folder.FullName}/d' cannot be read: it is a directory", error.ToString());

            File.WriteAllText(main, "include = 'd/[ab]?.toml'\n[[server]]\n");
            Assert.Equal(["a1"], ConfigurationLoader.Load(main).Config!.Upstreams.Select(u => u.Name));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ConfigurationResult Load(IConfigurationFiles files) => ConfigurationLoader.Load("etc/main.toml", files);

    private static void AssertFaults(IConfigurationFiles files, string expected)
    {
        var result = Load(files);
        Assert.Null(result.Config);
        Assert.Equal(expected.ReplaceLineEndings("\n"), string.Join('\n', result.Errors));
    }
}
