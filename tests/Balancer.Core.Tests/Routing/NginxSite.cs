using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Balancer.Routing;

/// <summary>A real nginx that serves given server blocks on a unix socket in a directory of its own.</summary>
internal sealed class NginxSite : IAsyncDisposable
{
    private readonly string _directory;
    private readonly Process _process;

    private NginxSite(string directory, Process process)
    {
        _directory = directory;
        _process = process;
    }

    /// <summary>Starts nginx; it is ready when the method returns.</summary>
    /// <param name="servers">The server blocks, which listen on <c>unix:{directory}/nginx.sock</c>.</param>
    public static async Task<NginxSite> StartAsync(string servers)
    {
        var directory = Directory.CreateTempSubdirectory("nginx-").FullName;
        var temporary = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(name => $"{name}_temp_path {directory}/{name};\n"));
        await File.WriteAllTextAsync(
            Path.Combine(directory, "nginx.conf"),
            $$"""
            daemon off; master_process off; worker_processes 1;
            pid {{directory}}/nginx.pid; error_log {{directory}}/error.log;
            events { worker_connections 256; }
            http {
                access_log off; server_names_hash_bucket_size 128;
                {{temporary}}
                {{servers.Replace("{directory}", directory, StringComparison.Ordinal)}}
            }
            """);
        var process = Process.Start(new ProcessStartInfo("/usr/sbin/nginx")
        {
            ArgumentList = { "-p", directory, "-c", Path.Combine(directory, "nginx.conf"), "-e", Path.Combine(directory, "error.log") },
            RedirectStandardError = true,
        })!;
        var site = new NginxSite(directory, process);
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            try
            {
                using var probe = await site.ConnectAsync();
                return site;
            }
            catch (SocketException) when (!process.HasExited && waited.Elapsed < TimeSpan.FromSeconds(20))
            {
                // Not listening yet.
            }
        }
    }

    /// <summary>Sends a request that asks for the connection to be closed; gives status, Location and body.</summary>
    public async Task<(int Status, string Location, string Body)> SendAsync(string request)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.Latin1.GetBytes(request));
        var text = new StringBuilder();
        var buffer = new byte[8192];
        for (int read; (read = await socket.ReceiveAsync(buffer)) > 0;)
        {
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        var response = text.ToString();
        var end = response.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var location = response[..end].Split("\r\n").FirstOrDefault(line => line.StartsWith("Location: ", StringComparison.Ordinal));
        return (int.Parse(response.AsSpan(9, 3)), location?["Location: ".Length..] ?? "", response[(end + 4)..]);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_directory, "nginx.sock")));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
