using System.IO.Pipelines;
using System.Net.Security;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Infrastructure;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Tls;

/// <summary>A connection in memory: our server side, and the framework's own TLS as the client.</summary>
internal sealed class TlsPair : IAsyncDisposable, ITlsServers
{
    private readonly CertificateFolder _folder;
    private readonly TestCertificate _certificate = TestCertificate.Ecdsa("a.test");
    private readonly Dictionary<string, TlsServer> _servers = new(StringComparer.Ordinal);
    private readonly Pipe _toServer = new(new PipeOptions(useSynchronizationContext: false));
    private readonly Pipe _toClient = new(new PipeOptions(useSynchronizationContext: false));
    private readonly Heartbeat _heartbeat;

    public TlsPair(Func<TlsConfig, TlsConfig>? configure = null, CertificateFolder? folder = null, TlsServices? services = null)
    {
        _folder = folder ?? new CertificateFolder();
        Services = services ?? new TlsServices(TimeProvider.System, NullLoggerFactory.Instance);
        _heartbeat = new Heartbeat(Time);
        Add("", (configure ?? (c => c))(_folder.Config(("a", _certificate))));
        Transport = new DefaultConnectionContext("test", new Duplex(_toServer.Reader, _toClient.Writer), new Duplex(_toClient.Reader, _toServer.Writer));
        Guard = new IoGuard(_heartbeat.Wheel);
        Acceptor = new TlsAcceptor(Transport, ClientAddress.Unix, this, Guard, _heartbeat.Clock, Services);
    }

    /// <summary>The clock of handshakes.</summary>
    public FakeTimeProvider Time { get; } = new();

    public TlsServices Services { get; }

    public DefaultConnectionContext Transport { get; }

    public IoGuard Guard { get; }

    public TlsAcceptor Acceptor { get; }

    /// <summary>What the client writes to, without TLS.</summary>
    public PipeWriter ClientOutput => _toServer.Writer;

    /// <summary>What the client reads from, without TLS.</summary>
    public PipeReader ClientInput => _toClient.Reader;

    /// <summary>The clock's heartbeat.</summary>
    public Heartbeat Heartbeat => _heartbeat;

    /// <summary>Adds a virtual server; the empty name is the default.</summary>
    public TlsServer Add(string name, TlsConfig config)
    {
        var errors = new List<ConfigError>();
        var server = new TlsServer(config, name, offersHttp2: false, Services);
        server.Load(new TlsFiles(), null, errors);
        Assert.Empty(errors);
        return _servers[name] = server;
    }

    public TlsServer Find(ReadOnlySpan<byte> serverName) => _servers.GetValueOrDefault(System.Text.Encoding.ASCII.GetString(serverName)) ?? _servers[""];

    /// <summary>A client that trusts everybody and has not begun its handshake.</summary>
    public SslStream CreateClient() => new(new PipeStream(_toClient.Reader, _toServer.Writer), leaveInnerStreamOpen: false);

    /// <summary>Makes the handshake on both sides.</summary>
    public async Task<(TlsConnection Server, SslStream Client)> ConnectAsync(Action<SslClientAuthenticationOptions>? configure = null)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = "a.test", RemoteCertificateValidationCallback = (_, _, _, _) => true };
        configure?.Invoke(options);
        var client = CreateClient();
        var accepting = Acceptor.AcceptAsync().AsTask();
        await client.AuthenticateAsClientAsync(options);
        var accepted = await accepting;
        Assert.Equal(TlsFailure.None, accepted.Failure);
        return (accepted.Connection!, client);
    }

    public ValueTask DisposeAsync()
    {
        _heartbeat.Dispose();
        _certificate.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
