namespace Balancer.Daemon.CommandLine;

/// <summary>What <c>balancerd --help</c> prints.</summary>
internal static class HelpText
{
    /// <summary>The text, with a line feed at its end.</summary>
    public const string Text = $"""
        balancerd, an HTTP load balancer

        Usage:
          balancerd [-c FILE]              serve, in the foreground
          balancerd -t [-c FILE]           check the configuration
          balancerd -T [-c FILE]           check the configuration and print it
          balancerd -s SIGNAL [-c FILE]    control the running balancerd
          balancerd release [-c FILE]      remove the virtual addresses that a
                                           balancerd which crashed left behind
          balancerd schema                 print the JSON schema of configuration
                                           files, by which editors complete them
          balancerd demo                   try it out: a gateway on 127.0.0.1:8080
                                           before three small upstream servers

        Options:
          -c, --config FILE      the configuration file
                                 (default {Arguments.DefaultConfigurationFile})
          -t, --test             report every error of the configuration and exit
          -T, --dump             the same, and print the configuration in effect
                                 as TOML, with all defaults and included files
          -s, --signal SIGNAL    find the running balancerd by the pid file that
                                 the configuration names, and make it
                                   reload   load the configuration anew; prints the
                                            errors when the new one was refused
                                   quit     finish the running requests, then exit
                                   stop     exit at once
                                   reopen   open the log files anew
          -v, --version          print the version and exit
          -h, --help             print this text and exit

        Signals: SIGHUP reload, SIGTERM and SIGQUIT quit, SIGINT stop, SIGUSR1 reopen.

        Exit codes: 0 success; 1 the configuration is wrong, an address cannot be
        bound, or the running balancerd refused or was not found; 2 wrong usage.

        """;
}
