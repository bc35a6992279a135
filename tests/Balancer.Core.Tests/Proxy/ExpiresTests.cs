using Balancer.Infrastructure;
using Balancer.TestSupport;

namespace Balancer.Proxy;

/// <summary>The fields of <c>expires</c> to the second; what they are in general is compared with nginx by a scenario.</summary>
public sealed class ExpiresTests
{
    [Theory]
    [InlineData("1h", "Sat, 21 Nov 2026 11:00:00 GMT", "max-age=3600")]
    [InlineData("0", "Sat, 21 Nov 2026 10:00:00 GMT", "max-age=0")]
    [InlineData("-1h", "Sat, 21 Nov 2026 09:00:00 GMT", "no-cache")]
    [InlineData("@15h30m", "Sat, 21 Nov 2026 15:30:00 GMT", "max-age=19800")]
    [InlineData("@10h", "Sun, 22 Nov 2026 10:00:00 GMT", "max-age=86400")]
    [InlineData("@9h", "Sun, 22 Nov 2026 09:00:00 GMT", "max-age=82800")]
    [InlineData("modified 1h", "Sat, 21 Nov 2026 11:00:00 GMT", "max-age=3600")]
    [InlineData("max", "Thu, 31 Dec 2037 23:55:55 GMT", "max-age=315360000")]
    [InlineData("epoch", "Thu, 01 Jan 1970 00:00:01 GMT", "no-cache")]
    [InlineData("$arg_missing", null, null)]
    [InlineData("$request_uri$request_uri$request_uri$request_uri$request_uri$request_uri$request_uri$request_uri$request_uri$request_uri$request_uri$request_uri", null, null)]
    public async Task Fields_say_when(string value, string? expires, string? control)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero));
        await using var gateway = await TestGateway.StartAsync($"[[server]]\nlisten = '127.0.0.1:0'\nexpires = '{value}'\nreturn = '200 ok'", time);

        var response = await gateway.GetAsync("/a-path-of-some-length");

        Assert.Equal((expires, control), (response["Expires"], response["Cache-Control"]));
    }
}
