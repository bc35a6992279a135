using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.Tls;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Benchmarks;

/// <summary>
/// TLS 1.3 in memory: a request of 200 bytes and a response of 300. The client is the framework's SslStream in both rows; the server is
/// SslStream in the baseline and ours in the other, so the difference is what counts. Handshakes: see bench/compare.
/// </summary>
[MemoryDiagnoser]
public class TlsBenchmarks
{
    private readonly byte[] _request = new byte[200];
    private readonly byte[] _response = new byte[300];
    private readonly byte[] _buffer = new byte[1024];
    private readonly CertificateFolder _folder = new();
    private readonly TestCertificate _certificate = TestCertificate.Ecdsa("bench.test");
    private readonly Heartbeat _heartbeat = new(TimeProvider.System);
    private readonly TlsServices _services = new(TimeProvider.System, NullLoggerFactory.Instance);
    private SslServerAuthenticationOptions _options = new();
    private OneServer _servers = null!;
    private SslStream _frameworkClient = null!;
    private SslStream _frameworkServer = null!;
    private SslStream _client = null!;
    private TlsConnection _server = null!;

    [GlobalSetup]
    public void Setup()
    {
        var server = new TlsServer(_folder.Config(("bench", _certificate)), "bench", offersHttp2: false, _services);
        server.Load(new TlsFiles(), null, new List<ConfigError>());
        _servers = new OneServer(server);
        _options = new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(_certificate.Certificate, null, offline: true) };
        (_frameworkClient, _frameworkServer) = ConnectFrameworkAsync().GetAwaiter().GetResult();
        (_client, _server) = ConnectAsync().GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _server.DisposeAsync().AsTask().Wait();
        _heartbeat.Dispose();
        _folder.Dispose();
    }

    [Benchmark(Baseline = true)]
    public async Task<int> SslStream_exchange()
    {
        await _frameworkClient.WriteAsync(_request);
        await _frameworkServer.ReadAtLeastAsync(_buffer, _request.Length);
        await _frameworkServer.WriteAsync(_response);
        return await _frameworkClient.ReadAsync(_buffer);
    }

    [Benchmark]
    public async Task<int> Exchange()
    {
        await _client.WriteAsync(_request);
        var read = await _server.Input.ReadAsync();
        _server.Input.AdvanceTo(read.Buffer.End);
        _server.Output.Write(_response);
        await _server.Output.FlushAsync();
        return await _client.ReadAsync(_buffer);
    }

    private async Task<(SslStream Client, SslStream Server)> ConnectFrameworkAsync()
    {
        Pipe toServer = new(), toClient = new();
        var client = new SslStream(new PipeStream(toClient.Reader, toServer.Writer));
        var server = new SslStream(new PipeStream(toServer.Reader, toClient.Writer));
        await Task.WhenAll(client.AuthenticateAsClientAsync(ClientOptions()), server.AuthenticateAsServerAsync(_options));
        return (client, server);
    }

    private async Task<(SslStream Client, TlsConnection Server)> ConnectAsync()
    {
        Pipe toServer = new(), toClient = new();
        var client = new SslStream(new PipeStream(toClient.Reader, toServer.Writer));
        var transport = new DefaultConnectionContext("bench", new Duplex(toServer.Reader, toClient.Writer), new Duplex(toClient.Reader, toServer.Writer));
        var acceptor = new TlsAcceptor(transport, ClientAddress.Unix, _servers, new IoGuard(_heartbeat.Wheel), _heartbeat.Clock, _services);
        var connecting = client.AuthenticateAsClientAsync(ClientOptions());
        var accepted = await acceptor.AcceptAsync();
        await connecting;
        return (client, accepted.Connection!);
    }

    private SslClientAuthenticationOptions ClientOptions() => new()
    {
        TargetHost = "bench.test",
        EnabledSslProtocols = SslProtocols.Tls13,
        AllowTlsResume = false,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { _certificate.Certificate },
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
    };

    private sealed class OneServer(TlsServer server) : ITlsServers
    {
        public TlsServer Find(ReadOnlySpan<byte> serverName) => server;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
