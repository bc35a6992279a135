using System.Globalization;
using Balancer.Configuration;

namespace Balancer.Failover;

/// <summary>Looks at the pools, listeners and files virtual routers depend on, from the thread pool: neither a slow disk nor a lock may stop the heartbeat.</summary>
internal sealed class TrackPoller : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private const int PollsPerFile = 10;
    private const int LongestNumber = 32;

    private readonly Action<TrackKind, string, int> _note;
    private readonly IFailoverHealth _health;
    private readonly PeriodicTimer _timer;
    private readonly Dictionary<(TrackKind, string), int> _known = [];
    private readonly Task _polling;
    private volatile string[] _upstreams = [];
    private volatile string[] _listeners = [];
    private volatile string[] _files = [];
    private volatile bool _forgets;

    /// <param name="note">Told of what has changed, with 0 for what works; called from the thread pool.</param>
    /// <param name="health">The pools and listeners.</param>
    /// <param name="time">The clock.</param>
    public TrackPoller(Action<TrackKind, string, int> note, IFailoverHealth health, TimeProvider time)
    {
        _note = note;
        _health = health;
        _timer = new PeriodicTimer(Period, time);
        _polling = PollAsync();
    }

    /// <summary>Looks at what these depend on from now on.</summary>
    public void Configure(IReadOnlyList<VrrpInstanceConfig> instances)
    {
        _upstreams = [.. instances.SelectMany(static i => i.TrackedUpstreams.Keys).Distinct()];
        _listeners = [.. instances.SelectMany(static i => i.TrackedListeners.Keys).Distinct()];
        _files = [.. instances.SelectMany(static i => i.TrackedFiles.Keys).Distinct()];

        // New instances know nothing yet.
        _forgets = true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _polling;
    }

    /// <summary>The number a file holds: 0 when it is missing, empty or cannot be read, 1 when it holds something else.</summary>
    public static int ReadNumber(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            Span<char> buffer = stackalloc char[LongestNumber];
            var text = buffer[..reader.ReadBlock(buffer)].Trim();
            return text.IsEmpty ? 0 : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private async Task PollAsync()
    {
        for (var poll = 0; await _timer.WaitForNextTickAsync(); poll++)
        {
            if (_forgets)
            {
                _forgets = false;
                _known.Clear();
                poll = 0;
            }

            foreach (var upstream in _upstreams)
            {
                Note(TrackKind.Upstream, upstream, _health.IsAlive(upstream) ? 0 : 1);
            }

            foreach (var listener in _listeners)
            {
                Note(TrackKind.Listener, listener, _health.IsListening(listener) ? 0 : 1);
            }

            if (poll % PollsPerFile == 0)
            {
                foreach (var file in _files)
                {
                    Note(TrackKind.File, file, ReadNumber(file));
                }
            }
        }
    }

    private void Note(TrackKind kind, string name, int failure)
    {
        if (!_known.TryGetValue((kind, name), out var known) || known != failure)
        {
            _known[(kind, name)] = failure;
            _note(kind, name, failure);
        }
    }
}
