namespace Balancer.Daemon.CommandLine;

/// <summary>What the command line asks for.</summary>
internal enum Verb
{
    /// <summary>Serve in the foreground.</summary>
    Run,

    /// <summary><c>-t</c>: check the configuration.</summary>
    Test,

    /// <summary><c>-T</c>: check the configuration and print it.</summary>
    Dump,

    /// <summary><c>-s</c>: control the running daemon.</summary>
    Signal,

    /// <summary><c>demo</c>.</summary>
    Demo,

    /// <summary><c>schema</c>: print the JSON schema of configuration files.</summary>
    Schema,

    /// <summary><c>release</c>: give up the virtual addresses a crashed daemon left behind.</summary>
    Release,

    /// <summary><c>-v</c>.</summary>
    Version,

    /// <summary><c>--help</c>.</summary>
    Help,
}
