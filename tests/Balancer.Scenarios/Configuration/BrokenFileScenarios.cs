using System.Text.RegularExpressions;
using Balancer.Harness;

namespace Balancer.Configuration;

/// <summary>What <c>balancerd -t</c> says of broken files: file, line, column, what was expected, and the nearest known name.</summary>
public sealed partial class BrokenFileScenarios
{
    /// <summary>Each file, with <c>@</c> before the place its error is about, and what the message must contain.</summary>
    public static TheoryData<string, string[]> Files { get; } = new()
    {
        { "@lissten = 1\n", ["lissten"] },
        { "worker_shutdown_timeout = @\"ten\"\n", ["time", "ten"] },
        { "worker_shutdown_timeout = @true\n", ["time"] },
        { "worker_shutdown_timeout = @-5\n", [] },
        { "[[server]]\n@server_nam = \"a\"\n", ["server_name"] },
        { "[[server]]\nlisten = @\"127.0.0.1:99999\"\n", ["99999"] },
        { "[[server]]\nlisten = @\"80 defaultserver\"\n", ["default_server"] },
        { "[[server]]\nlisten = @\"nonsense host:x\"\n", [] },
        { "[[server]]\nlisten = [\"80\", @8080.5]\n", [] },
        { "[[server]]\nserver_name = [@\"~(unclosed\"]\nreturn = \"200\"\n", ["regular expression"] },
        { "[[server]]\nreturn = @\"999999 x\"\n", [] },
        { "[[server]]\nreturn = @\"200 $no_such_variable\"\n", ["no_such_variable"] },
        { "[[server]]\nreturn = @\"200 $remote_adr\"\n", ["remote_addr"] },
        { "[[server]]\nclient_max_body_size = @\"10mm\"\n", ["size", "10mm"] },
        { "[[server]]\nkeepalive_timeout = @[1]\n", [] },
        { "[[server]]\nproxy_next_upstream = [\"error\", @\"http_5O3\"]\n", ["http_503"] },
        { "[[server]]\nset_real_ip_from = [@\"10.0.0.0/33\"]\n", ["33", "32"] },
        { "[[server]]\nlarge_client_header_buffers = @\"4\"\n", [] },
        { "[[server]]\naccess_log = @\"/dev/null nosuchformat\"\n", ["nosuchformat"] },
        { "[[server]]\nserver_tokens = @\"on\"\n", ["true"] },
        { "[[server]]\n[[server.location]]\npath = \"/\"\nproxy_pass = @\"http://no_such_pool\"\n[upstream.no_such_poll]\nserver = [\"127.0.0.1:1\"]\n", ["no_such_poll"] },
        { "[[server]]\n[[server.location]]\npath = \"/\"\nproxy_pass = @\"ftp://127.0.0.1/\"\n", ["http"] },
        { "[[server]]\n[[server.location]]\npath = @\"~ [a-\"\nreturn = \"200\"\n", [] },
        { "[[server]]\n[[server.location]]\npath = @\"nothing\"\nreturn = \"200\"\n", ["nothing"] },
        { "[[server]]\n[[server.location]]\npath = \"/\"\nreturn = \"200\"\n@proxy_red_timeout = \"1s\"\n", ["proxy_read_timeout"] },
        { "[[server]]\n[[server.location]]\npath = \"/a\"\nreturn = \"200\"\n[[server.location]]\npath = @\"/a\"\nreturn = \"200\"\n", ["/a"] },
        { "[upstream.a]\nserver = [@\"127.0.0.1:3002 wieght=5\"]\n", ["weight"] },
        { "[upstream.a]\nserver = [@\"127.0.0.1:3002 weight=0\"]\n", ["weight"] },
        { "[upstream.a]\nserver = [@\"127.0.0.1:3002 fail_timeout=soon\"]\n", ["fail_timeout", "soon"] },
        { "[upstream.a]\n@keepaliv = 5\nserver = [\"127.0.0.1:3002\"]\n", ["keepalive"] },
        { "[upstream.a]\nqueue = @\"none\"\nserver = [\"127.0.0.1:3002\"]\n", [] },
        { "[upstream.a]\nleast_conn = @\"yes\"\nserver = [\"127.0.0.1:3002\"]\n", ["expected true"] },
        { "[upstream.a]\nhash = @\"$nothing_known consistent\"\nserver = [\"127.0.0.1:3002\"]\n", ["nothing_known"] },
        { "pid = \"/tmp/a\"\n@pid = \"/tmp/b\"\n", ["pid"] },
        { "pid = @/tmp/a\n", [] },
        { "pid = @\"unclosed\n", [] },
        { "@[unclosed\n", [] },
        { "include = [@\"does-not-exist.toml\"]\n", ["does-not-exist.toml"] },
        { "[[server]]\nlisten = \"80\"\n@ssl_ocsp = true\n", ["not supported yet"] },
        { "@[vrrp_instance.VI_1]\ninterface = \"eth0\"\n", ["'virtual_router_id' is missing", "a whole number from 1 to 255"] },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Error_names_file_place_and_what_was_expected(string marked, string[] words)
    {
        using var directory = new TempDirectory();
        var at = marked.IndexOf('@', StringComparison.Ordinal);
        var text = marked.Remove(at, 1);

        // A file without a virtual server would have that fault too; what breaks the syntax hides the rest anyway.
        var (code, output) = await CheckAsync(directory, text.Contains("[[server]]", StringComparison.Ordinal) ? text : text + "[[server]]\nreturn = \"200\"\n");
        Assert.True(code == 1, $"exit code {code}: {output}");
        var line = marked[..at].Count(c => c == '\n') + 1;
        var column = at - marked[..at].LastIndexOf('\n');
        var error = output.Split('\n').FirstOrDefault(l => l.Contains($"broken.toml:{line}:", StringComparison.Ordinal));
        Assert.True(error is not null, $"no error at line {line}, column {column}: {output}");
        var place = Place().Match(error);
        Assert.True(place.Success, error);

        // A word within a phrase may be pointed at more precisely than the value it stands in; a fault of syntax is found where it ends.
        Assert.True(int.Parse(place.Groups[1].Value) >= column, $"expected column {column} or within the value: {error}");
        Assert.All(words, w => Assert.Contains(w, error, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task All_errors_of_a_file_are_reported_at_once()
    {
        using var directory = new TempDirectory();
        var (code, output) = await CheckAsync(directory, """
            lissten = 1
            worker_shutdown_timeout = "ten"

            [upstream.a]
            server = ["127.0.0.1:3002 wieght=5"]

            [[server]]
            return = "200 $no_such_variable"
            client_max_body_size = "10mm"

            [[server.location]]
            path = "/"
            proxy_pass = "http://missing"
            """);
        Assert.Equal(1, code);
        foreach (var line in (int[])[1, 2, 5, 8, 9, 13])
        {
            Assert.Contains($"broken.toml:{line}:", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Good_file_passes()
    {
        using var directory = new TempDirectory();
        var (code, output) = await CheckAsync(directory, "[[server]]\nlisten = \"127.0.0.1:1\"\nreturn = \"200\"\n");
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task Broken_file_starts_nothing()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => GatewayProcess.StartAsync("[[server]]\nlissten = \"80\"\n"));
        Assert.Contains("exit code 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("listen", error.Message, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output)> CheckAsync(TempDirectory directory, string toml)
    {
        var (program, arguments) = GatewayProcess.Command;
        return ChildProcess.RunAsync(program, [.. arguments, "-t", "-c", directory.Write("broken.toml", toml)]);
    }

    [GeneratedRegex(@"broken\.toml:\d+:(\d+): \S")]
    private static partial Regex Place();
}
