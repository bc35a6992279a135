using System.Diagnostics;

namespace Balancer.Harness;

/// <summary>A program run by a scenario: its output line by line, signals, exit code, and what /proc says of it. Killed with the scenario.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly HashSet<ChildProcess> Running = [];
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> Predicate, TaskCompletionSource<string> Found)> _waiters = [];
    private readonly Task _output;
    private int _reaped;

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        lock (Running)
        {
            foreach (var child in Running)
            {
                child._process.Kill();
            }
        }
    };

    private ChildProcess(Process process)
    {
        _process = process;
        _output = Task.WhenAll(StartReading(process.StandardOutput), StartReading(process.StandardError));
        Exited = WaitForExitAsync();
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>The exit code, when the process has ended and all its output was read; 128 + N when signal N ended it.</summary>
    public Task<int> Exited { get; }

    /// <summary>Everything written to standard output and standard error so far.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>The lines written so far.</summary>
    public string[] Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentBytes => ReadStatus("VmRSS:") * 1024;

    /// <summary>Open file descriptors.</summary>
    public int DescriptorCount => Directory.GetFileSystemEntries($"/proc/{Id}/fd").Length;

    /// <summary>Used so far, by the program itself and by the kernel for it.</summary>
    private TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a program.</summary>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? directory = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "/",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var child = new ChildProcess(Process.Start(start)!);
        lock (Running)
        {
            Running.Add(child);
        }

        return child;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its exit code and output.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, IEnumerable<string> arguments, string? input = null, TimeSpan? limit = null)
    {
        await using var child = Start(program, arguments);
        try
        {
            await child._process.StandardInput.WriteAsync(input);
            child._process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended without reading all of it; its exit code and output tell why.
        }

        var code = await Deadline.WaitAsync(child.Exited, () => $"{program} ends; its output: {child.Output}", limit);
        return (code, child.Output);
    }

    /// <summary>Waits until the program has nothing more to do, as when all buffers are full and nobody reads: it uses less than 2 % of a processor for half a second.</summary>
    public Task WaitUntilIdleAsync()
    {
        var used = ProcessorTime;
        var since = Stopwatch.GetTimestamp();
        return Deadline.UntilAsync(
            () =>
            {
                if (ProcessorTime - used > TimeSpan.FromMilliseconds(10))
                {
                    (used, since) = (ProcessorTime, Stopwatch.GetTimestamp());
                }

                return Stopwatch.GetElapsedTime(since) > TimeSpan.FromMilliseconds(500);
            },
            () => $"process {Id} is idle");
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(UnixSignal signal) => Native.Kill(Id, signal);

    /// <summary>The first line, past or future, that fits.</summary>
    public Task<string> WaitForLineAsync(Func<string, bool> predicate, TimeSpan? limit = null)
    {
        TaskCompletionSource<string> found;
        lock (_lines)
        {
            if (_lines.FirstOrDefault(predicate) is { } line)
            {
                return Task.FromResult(line);
            }

            found = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((predicate, found));
        }

        return Deadline.WaitAsync(found.Task, () => $"a line that fits; the lines:\n{Output}", limit);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await Exited.ConfigureAwait(false);
        if (Interlocked.Exchange(ref _reaped, 1) == 0)
        {
            lock (Running)
            {
                Running.Remove(this);
            }

            _process.Dispose();
        }
    }

    private async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        await _output.ConfigureAwait(false);
        lock (_lines)
        {
            foreach (var (_, found) in _waiters)
            {
                found.TrySetException(new InvalidOperationException($"The process has ended with {_process.ExitCode}; its output:\n{string.Join('\n', _lines)}"));
            }

            _waiters.Clear();
        }

        return _process.ExitCode;
    }

    /// <summary>On a thread of its own: to wait for a pipe would take one from the pool, as long as the program runs, and what the scenario measures would wait for another.</summary>
    private Task StartReading(StreamReader reader) =>
        Task.Factory.StartNew(() => Read(reader), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Read(StreamReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            lock (_lines)
            {
                _lines.Add(line);
                for (var i = _waiters.Count - 1; i >= 0; i--)
                {
                    if (_waiters[i].Predicate(line))
                    {
                        _waiters[i].Found.TrySetResult(line);
                        _waiters.RemoveAt(i);
                    }
                }
            }
        }
    }

    private long ReadStatus(string field)
    {
        foreach (var line in File.ReadLines($"/proc/{Id}/status"))
        {
            if (line.StartsWith(field, StringComparison.Ordinal))
            {
                return long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim());
            }
        }

        return 0;
    }
}
