using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Balancer.Daemon.Processes;

/// <summary>
/// The signals of this process, in the order they came. While an instance lives the system's own reaction (which would end the process) is off.
/// </summary>
internal sealed class SignalSource : IDisposable
{
    // PosixSignal has no name for it; a positive value is the raw number.
    private const PosixSignal User1 = (PosixSignal)NativeMethods.SignalUser1;

    // A registration that nothing refers to is undone by the collector.
    private static PosixSignalRegistration[] s_kept = [];

    private readonly Channel<DaemonSignal> _signals = Channel.CreateUnbounded<DaemonSignal>(new UnboundedChannelOptions { SingleReader = true });
    private PosixSignalRegistration[] _registrations;

    public SignalSource()
    {
        IgnoredSignals.Heed(NativeMethods.SignalHangup, NativeMethods.SignalInterrupt, NativeMethods.SignalQuit, NativeMethods.SignalTerminate, NativeMethods.SignalUser1);
        _registrations =
        [
            Register(PosixSignal.SIGHUP, DaemonSignal.Reload),
            Register(PosixSignal.SIGTERM, DaemonSignal.Drain),
            Register(PosixSignal.SIGQUIT, DaemonSignal.Drain),
            Register(PosixSignal.SIGINT, DaemonSignal.Abort),
            Register(User1, DaemonSignal.ReopenLogs),
        ];
    }

    /// <summary>The signals, oldest first.</summary>
    public ChannelReader<DaemonSignal> Signals => _signals.Reader;

    /// <summary>Leaves the system's own reaction off to the end of the process, also after <see cref="Dispose"/>: a signal that comes while it ends must not change its exit code.</summary>
    public void KeepToTheEnd()
    {
        s_kept = [.. s_kept, .. _registrations];
        _registrations = [];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private PosixSignalRegistration Register(PosixSignal signal, DaemonSignal meaning) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            _signals.Writer.TryWrite(meaning);
        });
}
