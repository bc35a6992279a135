using Microsoft.Extensions.Logging;

namespace Balancer.Upstreams.Health;

/// <summary>
/// What one active check has found out about one server: so many failures in a row hold it out, so many passes bring it back (nginx
/// <c>health_check</c>). For one caller at a time.
/// </summary>
/// <param name="server">The state of the server.</param>
/// <param name="fails">Failures in a row until it is held out.</param>
/// <param name="passes">Passes in a row until it is back.</param>
internal sealed class CheckedServer(UpstreamServerState server, int fails, int passes)
{
    private int _inARow;
    private bool _hasFailed;

    /// <summary>The state of the server.</summary>
    public UpstreamServerState Server { get; } = server;

    /// <summary>Whether the check holds the server out.</summary>
    public bool IsOut { get; private set; }

    /// <summary>Whether a check of it runs.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Holds the server out until it has passed (<c>mandatory</c>).</summary>
    public void RequirePass(Upstream upstream) => Change(upstream, isOut: true, isBack: false);

    /// <summary>A check is over.</summary>
    /// <param name="upstream">The pool as it is now.</param>
    /// <param name="address">The server's address, for the log.</param>
    /// <param name="reason">Why it has failed; null when it has passed.</param>
    /// <param name="logger">The log of the room.</param>
    public void Note(Upstream upstream, string address, string? reason, ILogger logger)
    {
        var hasPassed = reason is null;
        (hasPassed ? Server.Metrics.ChecksPassed : Server.Metrics.ChecksFailed).Increment();
        if (hasPassed != IsOut)
        {
            // Nothing new; what went the other way was not in a row.
            _inARow = 0;
            return;
        }

        if (++_inARow < (hasPassed ? passes : fails))
        {
            return;
        }

        _inARow = 0;
        if (hasPassed)
        {
            // One that had to pass first was never away: it has no slow start.
            Change(upstream, isOut: false, isBack: _hasFailed);
            HealthLog.Healthy(logger, upstream.Name, address);
        }
        else
        {
            _hasFailed = true;
            Change(upstream, isOut: true, isBack: false);
            HealthLog.Unhealthy(logger, upstream.Name, address, reason!);
        }
    }

    /// <summary>The check is no more: what it holds out is let in.</summary>
    public void Release(Upstream upstream)
    {
        if (IsOut)
        {
            Change(upstream, isOut: false, isBack: true);
        }
    }

    private void Change(Upstream upstream, bool isOut, bool isBack)
    {
        IsOut = isOut;
        upstream.HoldOut(Server, isOut, isBack);
    }
}
