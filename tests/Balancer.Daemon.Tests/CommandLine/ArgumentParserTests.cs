namespace Balancer.Daemon.CommandLine;

public class ArgumentParserTests
{
    [Theory]
    [InlineData("", "Run", "/etc/balancer/balancer.toml")]
    [InlineData("-c a.toml", "Run", "a.toml")]
    [InlineData("--config a.toml", "Run", "a.toml")]
    [InlineData("--config=a.toml", "Run", "a.toml")]
    [InlineData("-ca.toml", "Run", "a.toml")]
    [InlineData("-t", "Test", "/etc/balancer/balancer.toml")]
    [InlineData("-t -c a.toml", "Test", "a.toml")]
    [InlineData("-c a.toml -t", "Test", "a.toml")]
    [InlineData("-tc a.toml", "Test", "a.toml")]
    [InlineData("--test", "Test", "/etc/balancer/balancer.toml")]
    [InlineData("-T -c a.toml", "Dump", "a.toml")]
    [InlineData("-T -t", "Dump", "/etc/balancer/balancer.toml")]
    [InlineData("-s reload -c a.toml", "Signal", "a.toml")]
    [InlineData("-v", "Version", "/etc/balancer/balancer.toml")]
    [InlineData("--version", "Version", "/etc/balancer/balancer.toml")]
    [InlineData("-h", "Help", "/etc/balancer/balancer.toml")]
    [InlineData("-?", "Help", "/etc/balancer/balancer.toml")]
    [InlineData("--help", "Help", "/etc/balancer/balancer.toml")]
    [InlineData("help", "Help", "/etc/balancer/balancer.toml")]
    [InlineData("-t --help", "Help", "/etc/balancer/balancer.toml")]
    [InlineData("demo", "Demo", "/etc/balancer/balancer.toml")]
    [InlineData("schema", "Schema", "/etc/balancer/balancer.toml")]
    public void Command_line_is_understood(string line, string verb, string file)
    {
        var arguments = Parse(line);

        Assert.Equal(verb, arguments.Verb.ToString());
        Assert.Equal(file, arguments.ConfigurationFile);
    }

    [Theory]
    [InlineData("reload", "Reload")]
    [InlineData("quit", "Quit")]
    [InlineData("stop", "Stop")]
    [InlineData("reopen", "Reopen")]
    public void Signals_are_nginx_names(string name, string signal) =>
        Assert.Equal(signal, Parse($"-s {name}").Signal.ToString());

    [Theory]
    [InlineData("-x", "unrecognized command or argument '-x'")]
    [InlineData("start", "unrecognized command or argument 'start' (a configuration file is named by -c)")]
    [InlineData("-t a.toml", "unrecognized command or argument 'a.toml' (a configuration file is named by -c)")]
    [InlineData("[suggest]", "unrecognized command or argument '[suggest]'")]
    [InlineData("[parse:2] -t", "unrecognized command or argument '[parse:2]'")]
    [InlineData("-t false", "unrecognized command or argument 'false' (a configuration file is named by -c)")]
    [InlineData("@a.rsp", "unrecognized command or argument '@a.rsp' (a configuration file is named by -c)")]
    [InlineData("demo -c a.toml", "unrecognized command or argument '-c'")]
    [InlineData("-t schema", "schema cannot be combined with -t")]
    [InlineData("demo again", "unrecognized command or argument 'again'")]
    [InlineData("-c a.toml demo", "demo cannot be combined with -c")]
    [InlineData("-c", "required argument missing for option: '-c'")]
    [InlineData("-c a.toml -c b.toml", "option '-c' expects a single argument but 2 were provided")]
    [InlineData("-s", "required argument missing for option: '-s'")]
    [InlineData("-s start", "unknown signal 'start' after -s: expected reload, quit, stop or reopen")]
    [InlineData("-s RELOAD", "unknown signal 'RELOAD' after -s: expected reload, quit, stop or reopen")]
    [InlineData("-t -s reload", "-s cannot be combined with -t")]
    [InlineData("-T -v", "-v cannot be combined with -T")]
    public void Wrong_command_line_is_refused_in_one_line(string line, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Parse(line)).Message);

    [Fact]
    public void Empty_file_name_is_refused() =>
        Assert.Equal("the file name after -c is empty", Assert.Throws<UsageException>(() => new ArgumentParser().Parse(["-c", ""])).Message);

    private static Arguments Parse(string line) => new ArgumentParser().Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
