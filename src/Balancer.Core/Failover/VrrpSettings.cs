using System.Text;
using Balancer.Configuration;

namespace Balancer.Failover;

/// <summary>What the parts of a virtual router go by, from its configuration.</summary>
internal static class VrrpSettings
{
    /// <summary>Writes and reads its advertisements.</summary>
    public static VrrpCodec CodecOf(VrrpInstanceConfig config) => new(
        (byte)config.EffectiveVersion,
        (byte)config.VirtualRouterId,
        [.. config.Addresses.Select(static a => NetworkAddress.From(a.Address))],
        config.Password is { } password ? Encoding.ASCII.GetBytes(password) : null,
        config.OmitsPseudoHeader);

    /// <summary>The times of its state machine.</summary>
    public static VrrpTiming TimingOf(VrrpInstanceConfig config) => new()
    {
        Version = (byte)config.EffectiveVersion,
        Priority = (byte)config.Priority,
        Interval = Microseconds(config.AdvertInterval),
        Preempts = !config.NoPreempt,
        PreemptDelay = Microseconds(config.PreemptDelay),
        AnnounceDelay = Microseconds(config.AnnounceDelay),
        AnnounceRepeats = config.AnnounceRepeats,
        RefreshInterval = Microseconds(config.RefreshInterval),
        RefreshRepeats = config.RefreshRepeats,
    };

    /// <summary>A time as the heartbeat counts it.</summary>
    public static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
