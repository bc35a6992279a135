using Balancer.Configuration;

namespace Balancer.Proxy.SelfProbing;

/// <summary>How the gateway probes itself.</summary>
/// <param name="Interval">Between two rounds: the shortest <c>advert_int</c>, not under 100 ms and not over a second or a third of the timeout.</param>
/// <param name="Timeout">The shortest <c>self_probe_timeout</c>.</param>
internal sealed record ProbeSettings(TimeSpan Interval, TimeSpan Timeout)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>How long one probe may take.</summary>
    public TimeSpan Patience => Timeout / ProbeVerdict.InARow;

    /// <summary>What a configuration asks for; null when no virtual router wants it.</summary>
    public static ProbeSettings? Of(GatewayConfig config)
    {
        var instances = config.VrrpInstances.Where(static i => i.SelfProbeTimeout > TimeSpan.Zero).ToArray();
        if (instances.Length == 0)
        {
            return null;
        }

        var timeout = instances.Min(static i => i.SelfProbeTimeout);
        var interval = instances.Min(static i => i.AdvertInterval);
        var most = timeout / ProbeVerdict.InARow < Longest ? timeout / ProbeVerdict.InARow : Longest;
        return new ProbeSettings(interval < Shortest ? Shortest : interval > most ? most : interval, timeout);
    }
}
