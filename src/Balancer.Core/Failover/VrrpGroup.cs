using Balancer.Configuration;

namespace Balancer.Failover;

/// <summary>
/// A group of virtual routers as those see it whom its commands tell: it is in a state when all of its instances are. For the thread of the
/// heartbeat.
/// </summary>
internal sealed class VrrpGroup(VrrpGroupConfig config, NotifyCommands commands)
{
    private VrrpGroupConfig _config = config;
    private IReadOnlyList<VrrpInstance> _members = [];

    /// <summary>Its name.</summary>
    public string Name => _config.Name;

    /// <summary>The state it came to last; it begins like its instances.</summary>
    public VrrpState State { get; private set; }

    /// <summary>Goes by another configuration from now on; the state stays until <see cref="Update()"/>.</summary>
    public void Configure(VrrpGroupConfig config, IReadOnlyList<VrrpInstance> members)
    {
        _config = config;
        _members = members;
    }

    /// <summary>Looks at its instances: one of them has changed.</summary>
    public void Update() => Update([.. _members.Select(static member => member.Router.State)]);

    /// <summary>Comes to the state that all instances are in. While they differ, as they do in the middle of a change, it stays what it was.</summary>
    internal void Update(ReadOnlySpan<VrrpState> states)
    {
        var state = states.IsEmpty ? State : states[0];
        if (state == State || state == VrrpState.Leaving || states.ContainsAnyExcept(state))
        {
            return;
        }

        State = state;
        VrrpNotifier.Notify(_config.Commands, "GROUP", Name, State, 0, commands);
    }
}
