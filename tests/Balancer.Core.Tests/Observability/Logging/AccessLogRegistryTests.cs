using Balancer.Configuration;
using Balancer.Http.Variables;
using Balancer.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Observability.Logging;

public sealed class AccessLogRegistryTests
{
    private static readonly VariableScope Scope = new(new WallClock(new FakeTimeProvider()));
    private static readonly Dictionary<string, ConfigText> NoFormats = [];

    private readonly MemoryOpener _opener = new();
    private readonly List<ConfigError> _errors = [];
    private readonly AccessLogRegistry _registry;

    public AccessLogRegistryTests()
    {
        _registry = new AccessLogRegistry(_opener, TimeProvider.System, NullLogger<AccessLogRegistry>.Instance);
    }

    [Fact]
    public async Task Requests_are_logged_in_the_format_named()
    {
        var formats = new Dictionary<string, ConfigText> { ["main"] = new("$status $request_uri", SourceLocation.None) };
        var set = _registry.CreateSet(formats, Scope, _errors);
        var log = set.Open(Config("a.log", "main"), Scope, _errors);
        Assert.Empty(_errors);
        var exchange = ExchangeBuilder.Full();
        log!.Write(exchange);
        exchange.Status = 200;
        log.Write(exchange);
        await set.DisposeAsync();
        Assert.Equal(["502 /a%20b/x?Q=1&name=J%C3%B6rg&flag&name=2", "200 /a%20b/x?Q=1&name=J%C3%B6rg&flag&name=2"], _opener.Opened["a.log"][0].Lines);
    }

    [Theory]
    [InlineData("$http_missing", false)]
    [InlineData("$arg_q", true)]
    [InlineData("0", false)]
    [InlineData("00", true)]
    [InlineData("", false)]
    public async Task Condition_decides_by_empty_and_zero(string condition, bool isLogged)
    {
        var set = _registry.CreateSet(NoFormats, Scope, _errors);
        var log = set.Open(Config("a.log") with { If = new ConfigText(condition, SourceLocation.None) }, Scope, _errors);
        log!.Write(ExchangeBuilder.Full());
        await set.DisposeAsync();
        Assert.Equal(isLogged ? 1 : 0, _opener.Opened["a.log"][0].Lines.Length);
    }

    [Fact]
    public async Task File_is_shared_by_path_over_reloads_and_closed_with_its_last_user()
    {
        var before = _registry.CreateSet(NoFormats, Scope, _errors);
        before.Open(Config("a.log"), Scope, _errors);
        before.Open(Config("a.log"), Scope, _errors);
        before.Open(Config("b.log"), Scope, _errors);
        var after = _registry.CreateSet(NoFormats, Scope, _errors);
        var log = after.Open(Config("a.log"), Scope, _errors)!;
        await before.DisposeAsync();
        Assert.Equal(["a.log"], _registry.Files.Select(file => file.Path));
        Assert.True(_opener.Opened["b.log"][0].IsDisposed);
        log.Write(ExchangeBuilder.Parsed());
        await after.DisposeAsync();
        Assert.Empty(_registry.Files);
        Assert.Single(_opener.Opened["a.log"]);
        Assert.Single(_opener.Opened["a.log"][0].Lines);
        Assert.True(_opener.Opened["a.log"][0].IsDisposed);
    }

    [Fact]
    public async Task Reopen_opens_every_file_anew_and_leaves_standard_streams()
    {
        var set = _registry.CreateSet(NoFormats, Scope, _errors);
        var log = set.Open(Config("a.log"), Scope, _errors)!;
        set.Open(Config("stdout"), Scope, _errors);
        log.Write(ExchangeBuilder.Parsed("GET /1 HTTP/1.0\r\n\r\n"));
        await _registry.ReopenAsync();
        log.Write(ExchangeBuilder.Parsed("GET /2 HTTP/1.0\r\n\r\n"));
        await set.DisposeAsync();
        Assert.Single(_opener.Opened["stdout"]);
        var files = _opener.Opened["a.log"];
        Assert.Equal(2, files.Count);
        Assert.Contains("/1", Assert.Single(files[0].Lines));
        Assert.Contains("/2", Assert.Single(files[1].Lines));
    }

    [Fact]
    public async Task Reopen_that_fails_keeps_the_old_file()
    {
        var set = _registry.CreateSet(NoFormats, Scope, _errors);
        var log = set.Open(Config("a.log"), Scope, _errors)!;
        _opener.Failing.Add("a.log");
        await _registry.ReopenAsync();
        log.Write(ExchangeBuilder.Parsed());
        await set.DisposeAsync();
        Assert.Single(Assert.Single(_opener.Opened["a.log"]).Lines);
    }

    [Fact]
    public async Task Faults_are_reported_where_they_stand_all_at_once()
    {
        var formats = new Dictionary<string, ConfigText>
        {
            ["main"] = new("$bananas", new SourceLocation("f", 1, 8)),
            ["json"] = new("$uri", new SourceLocation("f", 2, 8)),
        };
        _opener.Failing.Add("/none/x.log");
        await using var set = _registry.CreateSet(formats, Scope, _errors);
        Assert.Null(set.Open(Config("/none/x.log", line: 3), Scope, _errors));
        Assert.Null(set.Open(Config("a.log", "mian", line: 4), Scope, _errors));
        Assert.Null(set.Open(Config("a.log", line: 5) with { BufferSize = 1024 }, Scope, _errors));
        Assert.Null(set.Open(Config("b.log", line: 6) with { If = new ConfigText("$x", new SourceLocation("f", 6, 30)) }, Scope, _errors));
        Assert.Equal(
            [
                "f:1:8: unknown variable '$bananas'",
                "f:2:8: the format 'json' is built in, expected another name",
                "f:3:1: cannot open the log /none/x.log: Permission denied",
                "f:4:1: there is no log_format 'mian', did you mean 'main'?",
                "f:5:1: 'buffer' or 'flush' of a.log differs from the one at f:4:1; a file is written in one way",
                "f:6:30: unknown variable '$x'",
            ],
            _errors.Select(error => error.ToString()));
    }

    [Fact]
    public async Task Logging_a_request_does_not_allocate()
    {
        var set = _registry.CreateSet(NoFormats, Scope, _errors);
        var log = set.Open(Config("a.log") with { BufferSize = 1 << 20, Flush = TimeSpan.FromHours(1) }, Scope, _errors)!;
        var exchange = ExchangeBuilder.Full();

        // The first lines grow the buffers of the thread and of its stripe.
        for (var i = 0; i < 1000; i++)
        {
            log.Write(exchange);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
        {
            log.Write(exchange);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 0);
        await set.DisposeAsync();
        Assert.Equal(1020, _opener.Opened["a.log"][0].Lines.Length);
    }

    private static AccessLogConfig Config(string path, string format = "combined", int line = 1) =>
        new() { Source = new SourceLocation("f", line, 1), Path = path, Format = format };
}
