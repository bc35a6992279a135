using System.Net.Sockets;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Validation;

/// <summary>Checks what virtual routers say about each other, pools, listeners and scripts.</summary>
internal static class VrrpValidator
{
    public static void Check(GatewayConfig config, List<ConfigError> errors)
    {
        var byId = new Dictionary<(string Interface, int Id, bool IsIpv6), VrrpInstanceConfig>();
        var byAddress = new Dictionary<System.Net.IPAddress, VrrpInstanceConfig>();
        var byRoute = new Dictionary<string, VrrpInstanceConfig>(StringComparer.Ordinal);
        var byVmac = new Dictionary<string, VrrpInstanceConfig>(StringComparer.Ordinal);
        foreach (var instance in config.VrrpInstances)
        {
            if (instance.VirtualInterface is { } vmac && !byVmac.TryAdd(vmac, instance))
            {
                errors.Add(new ConfigError(instance.Location, $"vrrp_instance {instance.Name}: the interface '{vmac}' is already made by '{byVmac[vmac].Name}', expected another name as use_vmac"));
            }

            var isIpv6 = instance.Addresses is [{ Address.AddressFamily: AddressFamily.InterNetworkV6 }, ..];
            if (!byId.TryAdd((instance.Interface, instance.VirtualRouterId, isIpv6), instance))
            {
                errors.Add(new ConfigError(instance.Location, $"vrrp_instance {instance.Name}: the virtual_router_id {instance.VirtualRouterId} is already used on {instance.Interface} by '{byId[(instance.Interface, instance.VirtualRouterId, isIpv6)].Name}'"));
            }

            foreach (var address in instance.Addresses.Concat(instance.ExcludedAddresses))
            {
                if (!byAddress.TryAdd(address.Address, instance) && byAddress[address.Address] != instance)
                {
                    errors.Add(new ConfigError(instance.Location, $"vrrp_instance {instance.Name}: the address '{address.Address}' is already held by '{byAddress[address.Address].Name}'"));
                }
            }

            foreach (var route in instance.Routes)
            {
                if (!byRoute.TryAdd(route.Key, instance) && byRoute[route.Key] != instance)
                {
                    errors.Add(new ConfigError(instance.Location, $"vrrp_instance {instance.Name}: the route '{route.Key}' is already held by '{byRoute[route.Key].Name}'"));
                }
            }

            CheckNames(instance, "track_upstream", "an upstream", instance.TrackedUpstreams, config.Upstreams.Select(static u => u.Name), errors);
            CheckListeners(instance, config, errors);
            CheckNames(instance, "track_script", "a vrrp_script", instance.TrackedScripts, config.VrrpScripts.Select(static s => s.Name), errors);
        }

        CheckGroups(config, errors);
    }

    private static void CheckNames(VrrpInstanceConfig instance, string key, string what, IReadOnlyDictionary<string, VrrpWeight> tracked, IEnumerable<string> known, List<ConfigError> errors)
    {
        var names = known.ToArray();
        foreach (var (name, weight) in tracked)
        {
            if (!names.Contains(name, StringComparer.Ordinal))
            {
                errors.Add(new ConfigError(weight.Source, $"vrrp_instance {instance.Name} {key}: found '{name}', expected the name of {what}{NearestName.Hint(name, names)}"));
            }
        }
    }

    /// <summary>An address may be written in any way that <c>listen</c> takes.</summary>
    private static void CheckListeners(VrrpInstanceConfig instance, GatewayConfig config, List<ConfigError> errors)
    {
        var known = config.Servers.SelectMany(static s => s.Listen).Select(static l => ListenAddress.Format(l.EndPoint)).Distinct().ToArray();
        foreach (var (name, weight) in instance.TrackedListeners)
        {
            if (!ListenAddress.TryParse(name, out var address, out _) || !known.Contains(ListenAddress.Format(address), StringComparer.Ordinal))
            {
                errors.Add(new ConfigError(weight.Source, $"vrrp_instance {instance.Name} track_listener: found '{name}', expected an address that a server listens on{NearestName.Hint(name, known)}"));
            }
        }
    }

    private static void CheckGroups(GatewayConfig config, List<ConfigError> errors)
    {
        var names = config.VrrpInstances.Select(static i => i.Name).ToArray();
        var groups = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var group in config.VrrpGroups)
        {
            foreach (var member in group.Members)
            {
                if (!names.Contains(member.Value, StringComparer.Ordinal))
                {
                    errors.Add(new ConfigError(member.Location, $"vrrp_sync_group {group.Name} group: found '{member.Value}', expected the name of a vrrp_instance{NearestName.Hint(member.Value, names)}"));
                }
                else if (!groups.TryAdd(member.Value, group.Name))
                {
                    errors.Add(new ConfigError(member.Location, $"vrrp_sync_group {group.Name} group: '{member.Value}' is already in the group '{groups[member.Value]}'"));
                }
            }
        }
    }
}
