using BenchmarkDotNet.Running;

// As in balancerd, and inherited by the processes that measure.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
