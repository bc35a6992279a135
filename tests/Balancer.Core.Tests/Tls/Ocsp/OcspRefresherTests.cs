using System.Net;
using Balancer.Infrastructure;
using Balancer.Tls.OpenSsl;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Tls.Ocsp;

public sealed class OcspRefresherTests : IAsyncLifetime
{
    private readonly TestCertificate _issuer = TestCertificate.Ecdsa("OCSP authority", DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1), isAuthority: true);
    private readonly TestCertificate _certificate;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly TlsMetrics _metrics = new();
    private readonly FakeResponder _responder = new();
    private readonly OcspRefresher _refresher;
    private readonly OcspStaple _staple;

    public OcspRefresherTests()
    {
        _certificate = TestCertificate.Ecdsa("a.test", issuer: _issuer, responder: "http://ocsp.test/x");
        _refresher = new OcspRefresher(_time, _metrics, new TlsLog(NullLogger.Instance), _responder);
        using var certificates = PemObjects.FromDer(_certificate.Certificate.RawData, _issuer.Certificate.RawData);
        var target = OcspTarget.Find("/a.pem", certificates.Certificates[0], [certificates.Certificates[1]], null, out var fault);
        Assert.Equal("", fault);
        _staple = _refresher.Find(target!);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _refresher.DisposeAsync();
        _certificate.Dispose();
        _issuer.Dispose();
    }

    [Fact]
    public async Task Good_response_is_stapled()
    {
        var response = Good().Encode();
        _responder.Answer(response);
        await _refresher.RefreshAsync();

        Assert.Equal(response, _staple.ResponseAt(_time.GetUtcNow()));
        Assert.Equal(new Uri("http://ocsp.test/x"), _responder.Asked.Single());
        Assert.Equal(1, _metrics.OcspFetches.Value);
    }

    [Fact]
    public async Task Responder_is_asked_again_after_an_hour_and_not_before()
    {
        _responder.Answer(Good().Encode());
        await _refresher.RefreshAsync();
        _time.Advance(TimeSpan.FromMinutes(59));
        await _refresher.RefreshAsync();
        Assert.Single(_responder.Asked);
        _time.Advance(TimeSpan.FromMinutes(2));
        await _refresher.RefreshAsync();

        Assert.Equal(2, _responder.Asked.Count);
    }

    [Fact]
    public async Task Short_response_is_renewed_before_it_ends()
    {
        _responder.Answer(new TestOcspResponse { Issuer = _issuer, Subject = _certificate, Until = _time.GetUtcNow().AddMinutes(20) }.Encode());
        await _refresher.RefreshAsync();
        _time.Advance(TimeSpan.FromMinutes(16));
        await _refresher.RefreshAsync();

        Assert.Equal(2, _responder.Asked.Count);
    }

    [Fact]
    public async Task Response_is_not_stapled_beyond_its_end()
    {
        _responder.Answer(new TestOcspResponse { Issuer = _issuer, Subject = _certificate, Until = _time.GetUtcNow().AddMinutes(20) }.Encode());
        await _refresher.RefreshAsync();

        Assert.NotNull(_staple.ResponseAt(_time.GetUtcNow().AddMinutes(19)));
        Assert.Null(_staple.ResponseAt(_time.GetUtcNow().AddMinutes(21)));
    }

    [Fact]
    public async Task Failure_keeps_what_there_is_and_is_tried_again_after_five_minutes()
    {
        var response = Good().Encode();
        _responder.Answer(response);
        await _refresher.RefreshAsync();
        _responder.Fail();
        _time.Advance(TimeSpan.FromMinutes(61));
        await _refresher.RefreshAsync();

        Assert.Equal(response, _staple.ResponseAt(_time.GetUtcNow()));
        Assert.Equal(1, _metrics.OcspFailures.Value);
        _time.Advance(TimeSpan.FromMinutes(4));
        await _refresher.RefreshAsync();
        Assert.Equal(2, _responder.Asked.Count);
        _time.Advance(TimeSpan.FromMinutes(2));
        await _refresher.RefreshAsync();
        Assert.Equal(3, _responder.Asked.Count);
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("stranger")]
    [InlineData("other certificate")]
    [InlineData("old")]
    [InlineData("future")]
    [InlineData("try later")]
    [InlineData("no response")]
    [InlineData("empty")]
    [InlineData("500")]
    public async Task Bad_response_is_not_stapled(string kind)
    {
        using var stranger = TestCertificate.Ecdsa("stranger");
        using var other = TestCertificate.Ecdsa("b.test", issuer: _issuer);
        var now = _time.GetUtcNow();
        _responder.Answer(
            kind switch
            {
                "revoked" => new TestOcspResponse { Issuer = _issuer, Subject = _certificate, IsRevoked = true }.Encode(),
                "stranger" => new TestOcspResponse { Issuer = _issuer, Subject = _certificate, Signer = stranger }.Encode(),
                "other certificate" => new TestOcspResponse { Issuer = _issuer, Subject = other }.Encode(),
                "old" => new TestOcspResponse { Issuer = _issuer, Subject = _certificate, From = now.AddDays(-2), Until = now.AddDays(-1) }.Encode(),
                "future" => new TestOcspResponse { Issuer = _issuer, Subject = _certificate, From = now.AddHours(1) }.Encode(),
                "try later" => TestOcspResponse.Failure(3),
                "no response" => "<html>"u8.ToArray(),
                "empty" => [],
                _ => Good().Encode(),
            },
            kind == "500" ? HttpStatusCode.InternalServerError : HttpStatusCode.OK);
        await _refresher.RefreshAsync();

        Assert.Null(_staple.ResponseAt(now));
        Assert.Equal(1, _metrics.OcspFailures.Value);
    }

    [Fact]
    public async Task Any_mutation_of_a_response_is_refused_or_good()
    {
        var random = new Random(20261121);
        var good = Good().Encode();
        var target = _staple.Target;
        for (var i = 0; i < 3000; i++)
        {
            var mutant = good.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            }

            var length = random.Next(5) == 0 ? random.Next(mutant.Length) : mutant.Length;
            Assert.True((OcspMessages.ReadResponse(target, mutant[..length], _time.GetUtcNow(), out var fault) is null) == (fault.Length > 0));
        }

        await Task.CompletedTask;
    }

    [Fact]
    public void Certificate_that_is_still_watched_keeps_its_staple()
    {
        _refresher.Watch([_staple]);

        Assert.Same(_staple, _refresher.Find(_staple.Target));
        _refresher.Watch([]);
        Assert.NotSame(_staple, _refresher.Find(_staple.Target));
    }

    [Fact]
    public void Certificate_without_issuer_or_responder_says_why()
    {
        using var alone = PemObjects.FromDer(_certificate.Certificate.RawData);
        Assert.Null(OcspTarget.Find("/a.pem", alone.Certificates[0], [], null, out var fault));
        Assert.StartsWith("the certificate of its issuer is neither", fault);

        using var mute = TestCertificate.Ecdsa("mute.test", issuer: _issuer);
        using var pair = PemObjects.FromDer(mute.Certificate.RawData, _issuer.Certificate.RawData);
        Assert.Null(OcspTarget.Find("/a.pem", pair.Certificates[0], [pair.Certificates[1]], null, out fault));
        Assert.StartsWith("it names no OCSP responder", fault);
        Assert.NotNull(OcspTarget.Find("/a.pem", pair.Certificates[0], [pair.Certificates[1]], "http://other.test", out _));
    }

    private TestOcspResponse Good() => new() { Issuer = _issuer, Subject = _certificate, Until = _time.GetUtcNow().AddHours(12) };

    private sealed class FakeResponder : HttpMessageHandler
    {
        private Func<HttpResponseMessage> _answer = () => throw new HttpRequestException("refused");

        public List<Uri> Asked { get; } = [];

        public void Answer(byte[] body, HttpStatusCode status = HttpStatusCode.OK) => _answer = () => new HttpResponseMessage(status) { Content = new ByteArrayContent(body) };

        public void Fail() => _answer = () => throw new HttpRequestException("refused");

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal("application/ocsp-request", request.Content!.Headers.ContentType!.MediaType);
            Asked.Add(request.RequestUri!);
            return Task.FromResult(_answer());
        }
    }
}
