using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Balancer.Upstreams.Nginx;

/// <summary>A real nginx with one worker in front of small servers of the test, listening on a unix socket in a directory of its own.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private readonly string _directory;
    private readonly Process _process;
    private readonly UnixDomainSocketEndPoint _endPoint;
    private readonly List<FaultyServer> _servers;

    private NginxProcess(string directory, Process process, List<FaultyServer> servers)
    {
        _directory = directory;
        _process = process;
        _servers = servers;
        _endPoint = new UnixDomainSocketEndPoint(Path.Combine(directory, "nginx.sock"));
    }

    /// <summary>Starts nginx; it is ready when the method returns.</summary>
    /// <param name="lines">The lines of the upstream block; <c>{0}</c> and so on stand for the addresses of the servers.</param>
    /// <param name="servers">The servers.</param>
    public static async Task<NginxProcess> StartAsync(string lines, List<FaultyServer> servers)
    {
        var directory = Directory.CreateTempSubdirectory("nginx-").FullName;
        var block = string.Format(CultureInfo.InvariantCulture, lines, [.. servers.Select(server => (object)server.EndPoint)]);
        await File.WriteAllTextAsync(Path.Combine(directory, "nginx.conf"), $$"""
            daemon off;
            master_process off;
            worker_processes 1;
            pid {{directory}}/nginx.pid;
            error_log {{directory}}/error.log;
            events { worker_connections 1024; }
            http {
                access_log off;
                client_body_temp_path {{directory}}/body;
                proxy_temp_path {{directory}}/proxy;
                fastcgi_temp_path {{directory}}/fastcgi;
                uwsgi_temp_path {{directory}}/uwsgi;
                scgi_temp_path {{directory}}/scgi;
                keepalive_requests 100000;
                upstream pool {
                    {{block}}
                }
                server {
                    listen unix:{{directory}}/nginx.sock;
                    set_real_ip_from unix:;
                    real_ip_header X-Client;
                    add_header X-Upstream $upstream_addr always;
                    add_header X-Time "$msec $request_time" always;
                    location / { proxy_pass http://pool; }
                }
            }
            """);
        var process = Process.Start(new ProcessStartInfo("/usr/sbin/nginx")
        {
            ArgumentList = { "-p", directory, "-c", Path.Combine(directory, "nginx.conf"), "-e", Path.Combine(directory, "error.log") },
            RedirectStandardError = true,
        })!;
        var nginx = new NginxProcess(directory, process, servers);
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            try
            {
                using var probe = await nginx.ConnectAsync();
                return nginx;
            }
            catch (SocketException) when (!process.HasExited && waited.Elapsed < TimeSpan.FromSeconds(20))
            {
                // Not listening yet.
            }
        }
    }

    /// <summary>Sends one request on a connection of its own.</summary>
    public async Task<NginxAnswer> RequestAsync(string target = "/", string client = "192.0.2.1")
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: test\r\nX-Client: {client}\r\nConnection: close\r\n\r\n"));
        var text = new StringBuilder();
        var buffer = new byte[8192];
        for (int read; (read = await socket.ReceiveAsync(buffer)) > 0;)
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        var response = text.ToString();
        var times = Header(response, "X-Time").Split(' ').Select(time => double.Parse(time, CultureInfo.InvariantCulture)).ToArray();
        var servers = Header(response, "X-Upstream").Split(", ").Select(address => _servers.FindIndex(server => server.EndPoint.ToString() == address)).ToArray();
        return new NginxAnswer(servers, (long)Math.Floor(times[0] - times[1]), (long)Math.Floor(times[0]));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static string Header(string response, string name)
    {
        var start = response.IndexOf($"\r\n{name}: ", StringComparison.Ordinal);
        if (start < 0)
        {
            throw new InvalidOperationException($"no {name} in: {response}");
        }

        start += name.Length + 4;
        return response[start..response.IndexOf("\r\n", start, StringComparison.Ordinal)];
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(_endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
