using Balancer.Configuration;

namespace Balancer.Upstreams.Balancing;

/// <summary>
/// nginx's round robin and least_conn written down as plainly as they are defined, for one worker: the oracle our balancers are compared with.
/// </summary>
internal sealed class NginxPool
{
    private readonly NginxServer[] _primary;
    private readonly NginxServer[] _backup;
    private readonly BalancingMethod _method;

    public NginxPool(UpstreamConfig config)
    {
        Servers = [.. config.Servers.Select((server, i) => new NginxServer(server, i))];
        _primary = [.. Servers.Where(server => !server.Config.Backup)];
        _backup = [.. Servers.Where(server => server.Config.Backup)];
        _method = config.Balancing.Method;
    }

    public NginxServer[] Servers { get; }

    private bool Single => _primary.Length == 1 && _backup.Length == 0;

    public NginxRequest Begin(int maxTries)
    {
        var tries = Servers.Count(server => !server.Config.Down);
        return new NginxRequest { Tries = maxTries > 0 ? Math.Min(tries, maxTries) : tries };
    }

    public NginxServer? Get(NginxRequest request, long now)
    {
        var best = Single ? GetSingle() : _method == BalancingMethod.LeastConnections ? GetLeastConnections(request, now) : GetRoundRobin(request, now);
        if (best is not null)
        {
            best.Conns++;
            return best;
        }

        if (_backup.Length > 0 && !request.OnBackup)
        {
            request.OnBackup = true;
            request.Tried.Clear();
            return Get(request, now);
        }

        return null;
    }

    public void Free(NginxRequest request, NginxServer server, bool failed, long now)
    {
        if (Single)
        {
            server.Conns--;
            request.Tries = 0;
            return;
        }

        if (failed)
        {
            server.Fails++;
            server.Accessed = now;
            server.Checked = now;
            if (server.Config.MaxFails != 0)
            {
                server.EffectiveWeight -= server.Config.Weight / server.Config.MaxFails;
            }

            server.EffectiveWeight = Math.Max(0, server.EffectiveWeight);
        }
        else if (server.Accessed < server.Checked)
        {
            server.Fails = 0;
        }

        server.Conns--;
        if (request.Tries > 0)
        {
            request.Tries--;
        }
    }

    private NginxServer? GetSingle()
    {
        var server = _primary[0];
        return server.Config.Down || (server.Config.MaxConns != 0 && server.Conns >= server.Config.MaxConns) ? null : server;
    }

    private NginxServer? GetRoundRobin(NginxRequest request, long now)
    {
        NginxServer? best = null;
        var total = 0;
        foreach (var server in request.OnBackup ? _backup : _primary)
        {
            if (request.Tried.Contains(server) || !server.IsEligible(now))
            {
                continue;
            }

            total += Grow(server);
            if (best is null || server.CurrentWeight > best.CurrentWeight)
            {
                best = server;
            }
        }

        return best is null ? null : Take(request, best, total, now);
    }

    private NginxServer? GetLeastConnections(NginxRequest request, long now)
    {
        NginxServer? best = null;
        var many = false;
        var servers = request.OnBackup ? _backup : _primary;
        foreach (var server in servers)
        {
            if (request.Tried.Contains(server) || !server.IsEligible(now))
            {
                continue;
            }

            if (best is null || (long)server.Conns * best.Config.Weight < (long)best.Conns * server.Config.Weight)
            {
                best = server;
                many = false;
            }
            else if ((long)server.Conns * best.Config.Weight == (long)best.Conns * server.Config.Weight)
            {
                many = true;
            }
        }

        if (best is null)
        {
            return null;
        }

        var total = 0;
        if (many)
        {
            var first = best;
            foreach (var server in servers.SkipWhile(server => server != first))
            {
                if (request.Tried.Contains(server)
                    || !server.IsEligible(now)
                    || (long)server.Conns * first.Config.Weight != (long)first.Conns * server.Config.Weight)
                {
                    continue;
                }

                total += Grow(server);
                if (server.CurrentWeight > best.CurrentWeight)
                {
                    best = server;
                }
            }
        }

        return Take(request, best, total, now);
    }

    private static int Grow(NginxServer server)
    {
        var added = server.EffectiveWeight;
        server.CurrentWeight += added;
        if (server.EffectiveWeight < server.Config.Weight)
        {
            server.EffectiveWeight++;
        }

        return added;
    }

    private static NginxServer Take(NginxRequest request, NginxServer best, int total, long now)
    {
        request.Tried.Add(best);
        best.CurrentWeight -= total;
        if (now - best.Checked > best.FailTimeout)
        {
            best.Checked = now;
        }

        return best;
    }
}
