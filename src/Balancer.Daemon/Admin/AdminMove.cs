using Balancer.Daemon.Hosting;

namespace Balancer.Daemon.Admin;

/// <summary>A change of the admin endpoint's address, bound but not yet in effect.</summary>
internal sealed class AdminMove(AdminServer admin, SmallHttpServer? server, bool isNew) : IAsyncDisposable
{
    private bool _isSettled = !isNew;

    /// <summary>Puts the change into effect.</summary>
    public ValueTask CommitAsync()
    {
        if (_isSettled)
        {
            return ValueTask.CompletedTask;
        }

        _isSettled = true;
        return admin.ReplaceAsync(server);
    }

    /// <summary>Undoes the change unless it was committed.</summary>
    public ValueTask DisposeAsync() => _isSettled || server is null ? ValueTask.CompletedTask : server.DisposeAsync();
}
