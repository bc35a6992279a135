using System.ComponentModel;
using System.Diagnostics;
using Balancer.Configuration;

namespace Balancer.Failover;

/// <summary>Runs one <c>[vrrp_script.NAME]</c> again and again, and tells when its outcome has changed for good.</summary>
internal sealed class ScriptRunner : IAsyncDisposable
{
    private readonly VrrpScriptConfig _config;
    private readonly Action<TrackKind, string, int> _note;
    private readonly FailoverLog _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private volatile bool _works;
    private bool _isKnown;
    private int _inARow;

    /// <param name="config">The configuration.</param>
    /// <param name="note">Told of changes.</param>
    /// <param name="log">The log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="works">What is known of it; null for nothing.</param>
    public ScriptRunner(VrrpScriptConfig config, Action<TrackKind, string, int> note, FailoverLog log, TimeProvider time, bool? works = null)
    {
        _config = config;
        _works = works ?? true;
        _isKnown = works is not null;
        _note = note;
        _log = log;
        _running = RunAsync(time);
    }

    /// <summary>The configuration it runs by.</summary>
    public VrrpScriptConfig Config => _config;

    /// <summary>Whether it works; null before it was run.</summary>
    public bool? Works => _isKnown ? _works : null;

    /// <summary>Tells again how it does: new instances know nothing yet.</summary>
    public void Tell() => _note(TrackKind.Script, _config.Name, _works ? 0 : 1);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(_config.Interval, time);
        try
        {
            do
            {
                Count(await SucceedsAsync());
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It is over.
        }
    }

    private void Count(bool succeeded)
    {
        // The first outcome counts whatever fall says, as in keepalived: a gateway that begins with a failure must not take over first.
        var needed = !_isKnown ? 1 : succeeded ? _config.Rise : _config.Fall;
        _isKnown = true;
        if (succeeded == _works)
        {
            _inARow = 0;
            return;
        }

        if (++_inARow >= needed)
        {
            _works = succeeded;
            _inARow = 0;
            Tell();
        }
    }

    private async Task<bool> SucceedsAsync()
    {
        var words = _config.Command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        timeout.CancelAfter(_config.Timeout ?? _config.Interval);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(words[0], words.Skip(1)) { UseShellExecute = false })!;
            try
            {
                await process.WaitForExitAsync(timeout.Token);
                return process.ExitCode == 0;
            }
            catch (OperationCanceledException)
            {
                Kill(process);
                _stop.Token.ThrowIfCancellationRequested();
                return false;
            }
        }
        catch (Win32Exception e)
        {
            _log.NotifyFailed(_config.Command, e.Message);
            return false;
        }
    }

    private void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is AggregateException or Win32Exception or InvalidOperationException)
        {
            // What it has started may belong to another user, or have ended meanwhile.
            _log.NotifyFailed(_config.Command, e.Message);
        }
    }
}
