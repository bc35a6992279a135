using System.Globalization;
using System.Text.RegularExpressions;
using Balancer.Harness;

namespace Balancer.Load;

/// <summary>The shipped gateway's limits for one address.</summary>
public sealed partial class InsightSerenityLimitScenarios
{
    [RequiresTool("nginx")]
    public async Task An_address_that_asks_the_admin_pool_too_often_is_told_when_to_come_again_and_still_served_by_the_customer_pool()
    {
        await using var site = await InsightSerenitySite.StartAsync(hasLimits: true);
        var admin = new List<string>();
        while (admin.Count < 21 || (admin.Count < 500 && !IsRefused(admin[^1])))
        {
            admin.Add(await GetAsync(site, "/api/v1/admin/users"));
        }

        Assert.All(admin[..21], response => Assert.StartsWith("HTTP/1.1 200 ", response, StringComparison.Ordinal));
        Assert.True(IsRefused(admin[^1]), admin[^1]);
        Assert.InRange(int.Parse(RetryAfter().Match(admin[^1]).Groups[1].Value, CultureInfo.InvariantCulture), 1, 2);
        Assert.Contains("\r\nRateLimit-Limit: 21\r\n", admin[^1]);
        Assert.Contains("\r\nStrict-Transport-Security: ", admin[^1]);
        Assert.StartsWith("HTTP/1.1 200 ", await GetAsync(site, "/who"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await GetAsync(site, "/health"), StringComparison.Ordinal);
        var metrics = await site.Gateway.ScrapeAsync();
        Assert.Equal(1, metrics.Sum("balancer_limit_req_requests_total", "zone=admin", "outcome=rejected"));
        Assert.Equal(1, metrics.Sum("balancer_limit_req_requests_total", "zone=customer", "outcome=passed"));
        Assert.Equal(admin.Count, metrics.Sum("balancer_limit_conn_requests_total", "zone=addr", "outcome=passed"));
    }

    private static Task<string> GetAsync(InsightSerenitySite site, string path) => TlsClient.GetAsync(site.TlsPort, InsightSerenitySite.Name, path);

    private static bool IsRefused(string response) => response.StartsWith("HTTP/1.1 429 ", StringComparison.Ordinal);

    [GeneratedRegex(@"\r\nRetry-After: (\d+)\r\n")]
    private static partial Regex RetryAfter();
}
