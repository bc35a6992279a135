using Balancer.Configuration;
using Balancer.Configuration.Values;
using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;

namespace Balancer.Limits;

/// <summary>Makes zones, rules and requests.</summary>
internal static class Limited
{
    private static readonly VariableScope Scope = new(new WallClock(new FakeTimeProvider()));

    public static RequestZone Zone(string name = "z", long size = 1 << 20) => new(name, "$arg_k", size);

    /// <summary>A limit whose key is an argument of the query.</summary>
    public static RequestRule Rule(RequestZone zone, string rate, int burst = 0, int delay = 0, bool nodelay = false, string key = "$arg_k")
    {
        Assert.True(Configuration.Values.RequestRate.TryParse(rate, out var parsed), rate);
        return new RequestRule
        {
            Zone = zone,
            Key = Template(key),
            Rate = new RequestRate(parsed.Requests, (long)parsed.Window.TotalMilliseconds),
            Burst = burst * RequestRate.One,
            Delay = nodelay ? long.MaxValue : delay * RequestRate.One,
        };
    }

    public static TextTemplate Template(string text)
    {
        var errors = new List<ConfigError>();
        var template = TextTemplate.Compile(new ConfigText(text, SourceLocation.None), Scope, errors);
        Assert.Empty(errors);
        return template;
    }

    public static HttpExchange Request(string query) => ExchangeBuilder.Parsed($"GET /?{query} HTTP/1.1\r\nHost: a\r\n\r\n");

    /// <summary>What a request of a key is told.</summary>
    public static LimitOutcome Ask(this RequestLimiter limiter, string key, long now) => limiter.Decide(Request($"k={key}"), now).Outcome;
}
