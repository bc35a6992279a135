using Balancer.Configuration;
using Balancer.Failover.Linux;

namespace Balancer.Failover;

/// <summary>
/// The routes of one virtual router, which it has as long as it holds its addresses. What was there before, or is added by others, is left alone.
/// For the thread of the heartbeat.
/// </summary>
internal sealed class VirtualRoutes(VrrpInstanceConfig config, FailoverServices services)
{
    /// <summary>Microseconds until a route that could not be added is tried again: its gateway may be of an interface that is not up yet.</summary>
    public const long RetryInterval = 5_000_000;

    private const long Never = long.MaxValue;

    private readonly List<VirtualRoute> _routes = [];
    private VrrpInstanceConfig _config = config;
    private LinkInfo? _interface;
    private bool _isHolding;

    /// <summary>When <see cref="Restore"/> is to be called because something is missing; <see cref="long.MaxValue"/> for never.</summary>
    public long RetryAt { get; private set; } = Never;

    /// <summary>The interface of the virtual router is this one from now on.</summary>
    public void SetInterface(LinkInfo link) => _interface = link;

    /// <summary>Goes by another configuration; removes what it has no more. What is new comes with <see cref="Restore"/>, when the addresses are there.</summary>
    public void Configure(VrrpInstanceConfig config)
    {
        _config = config;
        for (var i = _routes.Count - 1; i >= 0; i--)
        {
            if (!config.Routes.Contains(_routes[i].Config))
            {
                Remove(_routes[i]);
            }
        }
    }

    /// <summary>Adds them; the addresses are there.</summary>
    public void Take(long now)
    {
        _isHolding = true;
        Restore(now);
    }

    /// <summary>Removes those that were added; the addresses are still there.</summary>
    public void Release()
    {
        _isHolding = false;
        RetryAt = Never;
        for (var i = _routes.Count - 1; i >= 0; i--)
        {
            Remove(_routes[i]);
        }
    }

    /// <summary>Whether what happens to an interface may cost a route.</summary>
    public bool Uses(int interfaceIndex)
    {
        foreach (var route in _routes)
        {
            if (route.InterfaceIndex == interfaceIndex)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds what is missing, as when the kernel has taken routes away with an interface; nothing when they are not to be had.</summary>
    public void Restore(long now)
    {
        if (!_isHolding)
        {
            return;
        }

        RetryAt = Never;
        foreach (var wanted in _config.Routes)
        {
            var route = _routes.Find(r => r.Config == wanted);
            if (route is null)
            {
                route = new VirtualRoute(wanted);
                _routes.Add(route);
            }

            if (Add(route) is { } error)
            {
                RetryAt = now + RetryInterval;
                if (error != route.Error)
                {
                    services.Log.RouteFailed(_config.Name, $"add {wanted.Key}", error);
                }

                route.Error = error;
            }
            else
            {
                route.Error = null;
            }
        }
    }

    private string? Add(VirtualRoute route)
    {
        var name = route.Config.Device ?? _config.Interface;
        var link = route.Config.Device is null || name == _config.Interface ? _interface : services.Links.Find(name);
        if (link is null)
        {
            return $"there is no interface '{name}'";
        }

        route.InterfaceIndex = link.Index;
        route.Device = link.Name;
        var error = services.Owned.AddRoute(link.Name, route.ToRoute());
        return error switch
        {
            Errno.None => null,
            Errno.Exists => "there is one already, which is left to whom added it",
            _ => error.Describe(),
        };
    }

    private void Remove(VirtualRoute route)
    {
        _routes.Remove(route);
        if (route.Device is not { } name)
        {
            return;
        }

        var error = services.Owned.RemoveRoute(name, route.ToRoute());
        if (error != Errno.None)
        {
            services.Log.RouteFailed(_config.Name, $"remove {route.Config.Key}", error.Describe());
        }
    }
}
