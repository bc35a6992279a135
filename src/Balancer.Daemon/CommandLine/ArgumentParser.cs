using System.CommandLine;
using System.CommandLine.Parsing;

namespace Balancer.Daemon.CommandLine;

/// <summary>Reads the command line. The letters are nginx's; each has a long name too.</summary>
internal sealed class ArgumentParser
{
    private readonly Option<string> _config = new("-c", "--config") { DefaultValueFactory = _ => Arguments.DefaultConfigurationFile };
    private readonly Option<bool> _test = new("-t", "--test") { Arity = ArgumentArity.Zero };
    private readonly Option<bool> _dump = new("-T", "--dump") { Arity = ArgumentArity.Zero };
    private readonly Option<SignalName> _signal = new("-s", "--signal") { CustomParser = ParseSignal };
    private readonly Option<bool> _version = new("-v", "--version") { Arity = ArgumentArity.Zero };
    private readonly Option<bool> _help = new("-h", "-?", "--help") { Arity = ArgumentArity.Zero };
    private readonly Command _demo = new("demo");
    private readonly Command _release = new("release");
    private readonly Command _schema = new("schema");
    private readonly RootCommand _root;

    public ArgumentParser()
    {
        // The library's own --help and --version print a text made from parts, and its [suggest] directive would take an argument in brackets.
        _root = new RootCommand();
        _root.Options.Clear();
        _root.Directives.Clear();
        foreach (var option in (Option[])[_config, _test, _dump, _signal, _version, _help])
        {
            _root.Options.Add(option);
        }

        // Without an action of its own the root would require a subcommand.
        _root.SetAction(static _ => { });
        _root.Subcommands.Add(_demo);
        _root.Subcommands.Add(_release);
        _root.Subcommands.Add(_schema);
        _release.Options.Add(_config);
    }

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="UsageException">They make no sense.</exception>
    public Arguments Parse(IReadOnlyList<string> arguments)
    {
        var parsed = CommandLineParser.Parse(_root, arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (IsGiven(parsed, _help) || arguments is ["help"])
        {
            return new Arguments(Verb.Help, Arguments.DefaultConfigurationFile);
        }

        // The library takes an argument in brackets for a directive of its own and passes over it.
        if (parsed.Tokens.FirstOrDefault(static token => token.Type == TokenType.Directive) is { } directive)
        {
            throw new UsageException($"unrecognized command or argument '{directive.Value}'");
        }

        if (parsed.UnmatchedTokens is [var word, ..] && word is not ['-', ..] && parsed.CommandResult.Command == _root)
        {
            throw new UsageException($"unrecognized command or argument '{word}' (a configuration file is named by -c)");
        }

        if (parsed.Errors is [var error, ..])
        {
            throw new UsageException(FirstLine(error.Message));
        }

        var file = parsed.GetValue(_config)!;
        if (file.Length == 0)
        {
            throw new UsageException("the file name after -c is empty");
        }

        return new Arguments(FindVerb(parsed), file, parsed.GetValue(_signal));
    }

    private Verb FindVerb(ParseResult parsed)
    {
        if (parsed.CommandResult.Command == _demo || parsed.CommandResult.Command == _schema)
        {
            var command = parsed.CommandResult.Command;
            return _root.Options.FirstOrDefault(option => IsGiven(parsed, option)) is { } option
                ? throw new UsageException($"{command.Name} cannot be combined with {option.Name}")
                : command == _demo ? Verb.Demo : Verb.Schema;
        }

        if (parsed.CommandResult.Command == _release)
        {
            return _root.Options.FirstOrDefault(option => option != _config && IsGiven(parsed, option)) is { } other
                ? throw new UsageException($"release cannot be combined with {other.Name}")
                : Verb.Release;
        }

        Verb? verb = null;
        Option? first = null;
        foreach (var (option, meaning) in ((Option, Verb)[])[(_version, Verb.Version), (_signal, Verb.Signal), (_dump, Verb.Dump), (_test, Verb.Test)])
        {
            if (!IsGiven(parsed, option))
            {
                continue;
            }

            // -T checks as -t does, so the two together ask for nothing contrary.
            if (verb is not null && !(verb == Verb.Dump && meaning == Verb.Test))
            {
                throw new UsageException($"{first!.Name} cannot be combined with {option.Name}");
            }

            verb ??= meaning;
            first ??= option;
        }

        return verb ?? Verb.Run;
    }

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static string FirstLine(string message)
    {
        var line = message.AsSpan(0, message.AsSpan().IndexOfAny('\r', '\n') is var end and >= 0 ? end : message.Length).TrimEnd('.');
        return string.Concat(char.ToLowerInvariant(line[0]).ToString(), line[1..]);
    }

    private static SignalName ParseSignal(ArgumentResult result)
    {
        var text = result.Tokens is [var token] ? token.Value : "";
        switch (text)
        {
            case "reload":
                return SignalName.Reload;
            case "quit":
                return SignalName.Quit;
            case "stop":
                return SignalName.Stop;
            case "reopen":
                return SignalName.Reopen;
            default:
                result.AddError($"Unknown signal '{text}' after -s: expected reload, quit, stop or reopen");
                return default;
        }
    }
}
