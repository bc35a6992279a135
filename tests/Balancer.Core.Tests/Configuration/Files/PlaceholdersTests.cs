using Balancer.TestSupport;

namespace Balancer.Configuration.Files;

/// <summary>What texts of a configuration take from the environment and from files.</summary>
public sealed class PlaceholdersTests
{
    private static MemoryConfigurationFiles Outside => new MemoryConfigurationFiles()
        .Set("HOST_NAME", "a.example")
        .Set("EMPTY", "")
        .Set("PRICE", "$5 for $host {x}")
        .Set("lower", "small")
        .Add("etc/token", "s3cret\n")
        .Add("/run/keys/token", "other\r\n")
        .Add("etc/two", "a\nb\n\n")
        .Set("KEYS", "/run/keys");

    [Theory]
    [InlineData("${HOST_NAME}", "a.example")]
    [InlineData("x${HOST_NAME}y${HOST_NAME}", "xa.exampleya.example")]
    [InlineData("${EMPTY}", "")]
    [InlineData("${EMPTY:-d}", "d")]
    [InlineData("${HOST_NAME:-d}", "a.example")]
    [InlineData("${MISSING:-}", "")]
    [InlineData("${MISSING:-a b:c}", "a b:c")]
    [InlineData("${MISSING:-${HOST_NAME}}", "a.example")]
    [InlineData("${MISSING:-${NEITHER:-x}y}z", "xyz")]
    [InlineData("${HOST_NAME:-${NEITHER}}", "a.example")]
    [InlineData("${HOST_NAME:-${file:none}}x", "a.examplex")]
    [InlineData("${lower:-d}", "small")]
    [InlineData("${_X9:-d}", "d")]
    [InlineData("${file:token}", "s3cret")]
    [InlineData("Bearer ${file:/run/keys/token}!", "Bearer other!")]
    [InlineData("${file:${KEYS}/token}", "other")]
    [InlineData("${file:two}", "a\nb\n")]
    [InlineData("file:token", "s3cret")]
    [InlineData("file:/run/keys/token", "other")]
    [InlineData("file:${KEYS}/token", "other")]
    [InlineData("${PRICE}", "$5 for $host {x}")]
    [InlineData("$HOST_NAME", "$HOST_NAME")]
    [InlineData("${host}", "${host}")]
    [InlineData("${hostName}", "${hostName}")]
    [InlineData("${1}", "${1}")]
    [InlineData("${", "${")]
    [InlineData("${}", "${}")]
    [InlineData("${:-x}", "${:-x}")]
    [InlineData("a file:token", "a file:token")]
    [InlineData("$${EMPTY}", "$")]
    public void Placeholders_are_filled_and_all_else_stays(string text, string expected)
    {
        var result = Load($"[log_format]\nx = '{text}'\n[[server]]");

        Assert.Empty(result.Errors);
        Assert.Equal(expected, result.Config!.LogFormats["x"].Value);
        Assert.Equal(text, result.Config.LogFormats["x"].Written);
    }

    [Theory]
    [InlineData("${MISSING}", "2:6: x: the environment variable 'MISSING' is not set: set it, or give a default as in ${MISSING:-default}")]
    [InlineData("ab ${MISSING} ${NEITHER}", "2:9: x: the environment variable 'MISSING' is not set: set it, or give a default as in ${MISSING:-default}\n2:20: x: the environment variable 'NEITHER' is not set: set it, or give a default as in ${NEITHER:-default}")]
    [InlineData("${MISSING:-${NEITHER}}", "2:17: x: the environment variable 'NEITHER' is not set: set it, or give a default as in ${NEITHER:-default}")]
    [InlineData("${MISSING:-d", "2:6: x: the placeholder lacks its closing brace")]
    [InlineData("${file:token", "2:6: x: the placeholder lacks its closing brace")]
    [InlineData("a ${file:none}", "2:8: x: the file 'none' does not exist")]
    [InlineData("file:/none", "2:6: x: the file '/none' does not exist")]
    [InlineData("file:", "2:6: x: expected the path of a file after 'file:'")]
    [InlineData("${file:}", "2:6: x: expected the path of a file after 'file:'")]
    [InlineData("${file:nul}", "2:6: x: what it stands for holds a NUL")]
    [InlineData("${file:latin}", "2:6: x: the file 'latin' is no text in UTF-8")]
    [InlineData("${file:large}", "2:6: x: the file 'large' is larger than 65536 bytes")]
    public void What_cannot_be_filled_is_a_fault_at_its_place(string text, string expected)
    {
        var files = Outside.Add("etc/nul", "a\0b").Add("etc/latin", [0x61, 0xE9]).Add("etc/large", new string('x', 65537));

        var result = Load($"[log_format]\nx = '{text}'\n[[server]]", files);

        Assert.Equal(expected.Split('\n').Select(line => $"etc/main.toml:{line}"), result.Errors.Select(e => e.ToString()));
    }

    [Fact]
    public void Switches_numbers_times_and_words_of_phrases_may_come_from_outside()
    {
        var result = Load("""
            keepalive_requests = "${REQUESTS:-5000}"
            keepalive_timeout = "${IDLE:-20s}"
            client_max_body_size = '${SIZE:-2m}'
            real_ip_recursive = "${RECURSIVE:-true}"
            [upstream.app]
            server = ["${HOST:-10.0.0.1}:${PORT:-81} weight=${WEIGHT:-7}"]
            [[server]]
            listen = "${LISTEN:-127.0.0.1:8080 default_server}"
            """);

        Assert.Empty(result.Errors);
        var (settings, server) = (result.Config!.Settings, result.Config.Upstreams[0].Servers[0]);
        Assert.Equal((5000, TimeSpan.FromSeconds(20), 2 << 20, true), (settings.KeepaliveRequests, settings.KeepaliveTimeout, settings.ClientMaxBodySize, settings.RealIpRecursive));
        Assert.Equal(("10.0.0.1:81", 7), (server.Address, server.Weight));
        Assert.True(result.Config.Servers[0].Listen[0].DefaultServer);
    }

    [Fact]
    public void A_wrong_value_is_reported_where_its_placeholder_stands()
    {
        var result = Load("keepalive_requests = \"${HOST_NAME}\"\n[upstream.app]\nserver = ['10.0.0.1 ${EMPTY}weight=${HOST_NAME} max_fails=x']\n[[server]]");

        Assert.Equal(
            [("1:23", "found 'a.example'"), ("3:36", "found 'a.example'"), ("3:59", "found 'x'")],
            result.Errors.Select(e => ($"{e.Location.Line}:{e.Location.Column}", e.Message.Split(", expected")[0].Split(": ")[^1])));
    }

    [Fact]
    public void The_effective_configuration_shows_the_placeholder_and_not_the_secret()
    {
        var result = Load("[[server]]\nadd_header = { X-Token = 'a ${file:token} $host' }");

        using var written = new StringWriter();
        ConfigurationWriter.Write(result.Config!, written);

        Assert.Contains("a ${file:token} $host", written.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", written.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[map.x]\nsource = '$host'\nvalues = { a = '${file:token}' }\n[[server]]")]
    [InlineData("[[server]]\nset = { x = '${file:token}' }\nreturn = 200")]
    [InlineData("[[server]]\nset = '$x ${file:token}'\nreturn = 200")]
    [InlineData("[[server]]\nproxy_set_header = { X-Key = '${file:token}' }")]
    [InlineData("[[server]]\nauth_request = '/a'\nauth_request_set = { x = '${file:token}' }")]
    [InlineData("[[server]]\nreturn = '200 ${file:token}'")]
    public void No_text_with_variables_shows_a_secret(string text)
    {
        var result = Load(text);
        Assert.Empty(result.Errors);

        using var written = new StringWriter();
        ConfigurationWriter.Write(result.Config!, written);

        Assert.Contains("${file:token}", written.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Included_files_have_them_too_and_paths_are_relative_to_the_file_they_stand_in()
    {
        var files = Outside.Add("etc/sub/a.toml", "[log_format]\nx = '${file:mine} ${HOST_NAME}'").Add("etc/sub/mine", "m");

        Assert.Equal("m a.example", Load("include = '${DIR:-sub}/a.toml'\n[[server]]", files).Config!.LogFormats["x"].Value);
    }

    [Fact]
    public void Any_text_is_filled_or_refused()
    {
        var random = new Random(33);
        string[] pieces = ["${", "}", ":-", "file:", "HOST_NAME", "MISSING", "EMPTY", "host", "$", "a", " ", "token", "{", "é"];
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => pieces[random.Next(pieces.Length)]));

            var result = Load($"[log_format]\nx = '{text}'\n[[server]]");

            // It is taken whole, and then what was written is known; or the fault stands within it.
            if (result.Errors.Count == 0)
            {
                Assert.Equal(text, result.Config!.LogFormats["x"].Written);
            }
            else
            {
                Assert.All(result.Errors, e => Assert.InRange(e.Location.Column, 5, 6 + text.Length));
            }
        }
    }

    private static ConfigurationResult Load(string text, MemoryConfigurationFiles? files = null) =>
        ConfigurationLoader.Load("etc/main.toml", (files ?? Outside).Add("etc/main.toml", text));
}
