namespace Balancer.Harness;

/// <summary>A real nginx: as upstream server, and as the oracle whose behaviour is compared.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private readonly TempDirectory _directory;
    private ChildProcess _process;

    private NginxProcess(TempDirectory directory, ChildProcess process)
    {
        _directory = directory;
        _process = process;
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>The running program.</summary>
    public ChildProcess Process => _process;

    /// <summary>Starts nginx as one process.</summary>
    /// <param name="http">What stands in the http block. <c>DIR</c> is replaced with the directory of the instance.</param>
    public static async Task<NginxProcess> StartAsync(string http)
    {
        var directory = new TempDirectory();
        foreach (var name in (string[])["body", "proxy", "fastcgi", "uwsgi", "scgi"])
        {
            Directory.CreateDirectory(directory.File(name));
        }

        directory.Write("nginx.conf", $$"""
            daemon off;
            master_process off;
            {{(Native.IsRoot ? "user root;" : "")}}
            pid DIR/nginx.pid;
            error_log DIR/error.log info;
            events { worker_connections 16384; }
            http {
              client_body_temp_path DIR/body;
              proxy_temp_path DIR/proxy;
              fastcgi_temp_path DIR/fastcgi;
              uwsgi_temp_path DIR/uwsgi;
              scgi_temp_path DIR/scgi;
              {{(http.Contains("access_log", StringComparison.Ordinal) ? "" : "access_log off;")}}
              {{http}}
            }
            """.Replace("DIR", directory.Path, StringComparison.Ordinal));
        return new NginxProcess(directory, await LaunchAsync(directory));
    }

    /// <summary>The path of a file of the instance.</summary>
    public string File(string name) => _directory.File(name);

    /// <summary>Ends it without a goodbye, as a crash does.</summary>
    public async Task KillAsync()
    {
        _process.Signal(UnixSignal.Kill);
        await _process.Exited;
        System.IO.File.Delete(_directory.File("nginx.pid"));
    }

    /// <summary>Ends it once its requests are served; its logs are complete then.</summary>
    public async Task QuitAsync()
    {
        _process.Signal(UnixSignal.Quit);
        await Deadline.WaitAsync(_process.Exited, () => "nginx quits");
    }

    /// <summary>Starts it anew on the same addresses.</summary>
    public async Task RestartAsync()
    {
        await _process.DisposeAsync();
        _process = await LaunchAsync(_directory);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Dispose();
    }

    private static async Task<ChildProcess> LaunchAsync(TempDirectory directory)
    {
        var process = ChildProcess.Start(Tools.Get("nginx"), ["-p", directory.Path, "-c", directory.File("nginx.conf"), "-e", directory.File("error.log")]);
        var pid = new FileInfo(directory.File("nginx.pid"));

        // The pid file is written after the listeners are open.
        await Deadline.UntilAsync(
            () =>
            {
                if (process.Exited.IsCompleted)
                {
                    throw new InvalidOperationException($"nginx did not start:\n{process.Output}");
                }

                pid.Refresh();
                return pid.Exists && pid.Length > 0;
            },
            () => $"nginx starts; its output:\n{process.Output}");
        return process;
    }
}
