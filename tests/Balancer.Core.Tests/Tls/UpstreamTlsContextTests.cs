using Balancer.Tls.OpenSsl;

namespace Balancer.Tls;

public sealed class UpstreamTlsContextTests : IDisposable
{
    private readonly SslContextHandle _handle = new(isClient: true);

    public void Dispose() => _handle.Dispose();

    [Fact]
    public void A_name_after_many_others_has_its_session_kept()
    {
        var context = new UpstreamTlsContext { Handle = _handle, Verifies = true, SendsName = true, ResumesSessions = true, Identity = "" };
        for (var i = 0; i < UpstreamTlsContext.MaxSessions; i++)
        {
            Assert.NotNull(context.SessionOf("server", $"{i}"));
        }

        var session = context.SessionOf("server", "app.test");

        Assert.NotNull(session);
        Assert.Same(session, context.SessionOf("server", "app.test"));
    }
}
