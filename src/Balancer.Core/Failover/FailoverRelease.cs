using Balancer.Configuration;
using Balancer.Failover.Linux;

namespace Balancer.Failover;

/// <summary>What is left to do after a run that crashed: the kernel still has its addresses, and would answer for them beside the successor.</summary>
internal static class FailoverRelease
{
    /// <summary>Tells the other gateways that this one gives up, and removes what was added. Does nothing when nothing was left behind.</summary>
    /// <param name="instances">The virtual routers of the configuration.</param>
    /// <param name="ledgerPath">Where it was noted what was added.</param>
    /// <param name="report">Gets a line for each thing removed.</param>
    /// <returns>What went wrong; null when nothing.</returns>
    public static string? Run(IReadOnlyList<VrrpInstanceConfig> instances, string ledgerPath, Action<string> report)
    {
        if (!File.Exists(ledgerPath))
        {
            return null;
        }

        if (!AddressLedger.TryOpen(ledgerPath, out var ledger, out var error))
        {
            return error;
        }

        using (ledger)
        {
            if (ledger.Entries.Count == 0)
            {
                return null;
            }

            if (!Netlink.TryOpen(out var netlink, out error))
            {
                return error;
            }

            using (netlink)
            {
                foreach (var instance in instances.Where(i => i.Addresses.Any(a => ledger.Entries.Keys.Any(e => e.Address == NetworkAddress.From(a.Address)))))
                {
                    error = GiveUp(instance, netlink) ?? error;
                }

                foreach (var result in new OwnedAddresses(netlink, ledger, e => error = e).CleanUp())
                {
                    report(result.ToString());
                    error = result.Error == Errno.None ? error : result.ToString();
                }

                return error;
            }
        }
    }

    private static string? GiveUp(VrrpInstanceConfig instance, Netlink netlink)
    {
        var family = instance.Addresses[0].Address.AddressFamily;
        if (netlink.GetLink(instance.Interface, out var link) != Errno.None)
        {
            return $"there is no interface '{instance.Interface}'";
        }

        var source = instance.SourceAddress is { } configured ? NetworkAddress.From(configured) : default;
        if (source.IsNone && netlink.GetPrimaryAddress(link!.Index, family, out source) is var missing and not Errno.None)
        {
            return missing.Describe(instance.Interface);
        }

        if (!VrrpSocket.TryOpen(link!.Index, link.Name, family, source, out var socket, out var error))
        {
            return error;
        }

        using (socket)
        {
            var codec = VrrpSettings.CodecOf(instance);
            var packet = new byte[VrrpCodec.MaxLength];
            var destinations = instance.UnicastPeers.Count > 0 ? [.. instance.UnicastPeers.Select(NetworkAddress.From)] : (NetworkAddress[])[socket.Group];
            foreach (var destination in destinations)
            {
                var length = codec.Write(packet, 0, VrrpSettings.Microseconds(instance.AdvertInterval), source, destination);
                if (socket.Send(packet.AsSpan(0, length), destination) is var failed and not Errno.None)
                {
                    error = failed.Describe("send");
                }
            }
        }

        return error;
    }
}
