using Balancer.Infrastructure;
using Microsoft.Extensions.Logging;

namespace Balancer.Upstreams.Health;

/// <summary>
/// nginx's passive health checks: <c>max_fails</c> failures put a server out, one request per <c>fail_timeout</c> probes it, a success brings it back.
/// </summary>
/// <remarks>
/// It is no sliding window: failures are forgotten only by a request that is chosen more than <c>fail_timeout</c> after the last failure or check and ends well.
/// </remarks>
internal sealed class PassiveHealth(string upstream, Lock gate, CoarseClock clock, ILogger logger)
{
    /// <summary>Charges a failure to the server.</summary>
    public void Charge(UpstreamServer server)
    {
        var state = server.State;
        int fails;
        bool isProbe;
        lock (gate)
        {
            var now = clock.Milliseconds;

            // Requests that ran when the server was ejected may fail after it: they were no probes.
            isProbe = state.Accessed < state.Checked;
            fails = ++state.Fails;
            state.Accessed = now;
            state.Checked = now;
            state.Slot?.Group.Charged(state.Slot.Index);
        }

        var maxFails = server.Config.MaxFails;
        if (maxFails == 0 || fails < maxFails)
        {
            return;
        }

        if (fails == maxFails)
        {
            state.Metrics.Ejections.Increment();
            HealthLog.Ejected(logger, upstream, server.Address, fails, server.Config.FailTimeout.TotalSeconds);
        }
        else if (isProbe)
        {
            HealthLog.ProbeFailed(logger, upstream, server.Address, server.Config.FailTimeout.TotalSeconds);
        }
    }

    /// <summary>A try went well: forgets the failures when the server was chosen after the last of them was <c>fail_timeout</c> old.</summary>
    public void Succeed(UpstreamServer server)
    {
        var state = server.State;
        if (state.Fails == 0 || state.Accessed >= state.Checked)
        {
            return;
        }

        bool back;
        lock (gate)
        {
            if (state.Fails == 0 || state.Accessed >= state.Checked)
            {
                return;
            }

            back = server.IsEjected;
            state.Fails = 0;
            if (back && server.SlowStart > 0)
            {
                state.RampStart = clock.Milliseconds;
            }

            state.Slot?.Group.Forgiven(state.Slot.Index);
        }

        if (back)
        {
            HealthLog.Back(logger, upstream, server.Address);
        }
    }

    /// <summary>The server is the only one of its pool: what it failed at before does not count.</summary>
    public void Forget(UpstreamServer server)
    {
        if (server.State.Fails == 0)
        {
            return;
        }

        lock (gate)
        {
            server.State.Fails = 0;
            server.State.Slot?.Group.Forgiven(server.State.Slot.Index);
        }
    }
}
