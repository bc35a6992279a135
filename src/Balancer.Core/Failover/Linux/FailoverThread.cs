using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Balancer.Failover.Linux;

/// <summary>
/// The thread of the heartbeat: it waits for sockets, for deadlines and for work that others post, and for nothing else. It is not of the thread
/// pool, has real-time priority where that is allowed, and allocates nothing of its own once it runs.
/// </summary>
/// <remarks>
/// <code>
/// wait ──► readable? ─► OnReadable ──► posted? ─► work ──► due? ─► Expire ─┐
///   ▲                                                                      │
///   └──────────────── until the next deadline, to the nanosecond ──────────┘
/// </code>
/// An exception of what it calls goes to the handler given, and the loop goes on.
/// </remarks>
internal sealed unsafe class FailoverThread : IDisposable
{
    private const long NanosecondsPerMicrosecond = 1_000;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long PauseNanoseconds = 10_000_000;
    private const short Readable = 0x1;
    private const short NotOpen = 0x20;
    private const int WakeSlot = 0;

    // Microseconds; a deadline that never comes is looked at again then.
    private const long LongestWait = 3_600_000_000;

    private readonly IDeadlines _deadlines;
    private readonly Action<Exception> _onError;
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly SafeFileHandle _wake;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _running = new();

    // The first entry is the descriptor others wake the thread by.
    private PollEntry[] _entries = GC.AllocateArray<PollEntry>(1, pinned: true);
    private IReadable?[] _watched = new IReadable?[1];
    private volatile bool _stopping;

    /// <param name="deadlines">The timers.</param>
    /// <param name="onError">Gets exceptions of callbacks; called on the thread.</param>
    /// <exception cref="InvalidOperationException">The process has no descriptors left.</exception>
    public FailoverThread(IDeadlines deadlines, Action<Exception> onError)
    {
        _deadlines = deadlines;
        _onError = onError;
        _wake = LibC.EventDescriptor(0, SocketConstants.NonBlocking | SocketConstants.CloseOnExec);
        if (_wake.IsInvalid)
        {
            throw new InvalidOperationException(LibC.LastError.Describe("eventfd"));
        }

        _entries[WakeSlot] = new PollEntry { Descriptor = (int)_wake.DangerousGetHandle(), Events = Readable };
        _thread = new Thread(Run) { IsBackground = true, Name = "failover" };
    }

    /// <summary>Microseconds of a clock that nobody sets, as exact as the processor's.</summary>
    public static long Now => Nanoseconds / NanosecondsPerMicrosecond;

    /// <summary>How the system runs the thread, as in "real-time priority 10"; known once <see cref="Start"/> has returned.</summary>
    public string Scheduling { get; private set; } = "not started";

    /// <summary>Whether the caller runs on this thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    // Stopwatch reads CLOCK_MONOTONIC in nanoseconds; Environment.TickCount64 is a coarse one.
    private static long Nanoseconds => Stopwatch.GetTimestamp() * (NanosecondsPerSecond / Stopwatch.Frequency);

    /// <summary>Starts the thread and waits until it runs.</summary>
    public void Start()
    {
        _thread.Start();
        _running.Wait();
    }

    /// <summary>Runs some work on the thread, in the order posted; any thread may call. What is posted after <see cref="Stop"/> never runs.</summary>
    public void Post(Action work)
    {
        _posted.Enqueue(work);
        Wake();
    }

    /// <summary>Watches a descriptor from now on. To be called on the thread, or before it starts.</summary>
    public void Watch(IReadable readable)
    {
        var entries = GC.AllocateArray<PollEntry>(_entries.Length + 1, pinned: true);
        _entries.CopyTo(entries, 0);
        entries[^1] = new PollEntry { Descriptor = readable.Handle, Events = Readable };
        _watched = [.. _watched, readable];
        _entries = entries;
    }

    /// <summary>Watches a descriptor no more; it is not called after this returns. To be called on the thread, before the descriptor is closed.</summary>
    public void Unwatch(IReadable readable)
    {
        var slot = Array.IndexOf(_watched, readable);
        if (slot < 0)
        {
            return;
        }

        var entries = GC.AllocateArray<PollEntry>(_entries.Length - 1, pinned: true);
        _entries.AsSpan(0, slot).CopyTo(entries);
        _entries.AsSpan(slot + 1).CopyTo(entries.AsSpan(slot));
        _watched = [.. _watched.AsSpan(0, slot), .. _watched.AsSpan(slot + 1)];
        _entries = entries;
    }

    /// <summary>Runs what was posted before, ends the thread and waits for its end, unless the caller is that thread. May be called more than once.</summary>
    public void Stop()
    {
        _stopping = true;
        Wake();
        if (_running.IsSet && !IsCurrent)
        {
            _thread.Join();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _wake.Dispose();
        _running.Dispose();
    }

    private void Run()
    {
        Scheduling = RealTime.Enter();
        _running.Set();
        while (!_stopping)
        {
            ReadWithin(Math.Min(NextDeadline(), Now + LongestWait));
            RunPosted();
            RunDue();
        }

        RunPosted();
    }

    /// <summary>Waits until something can be read, and reads it; until <paramref name="end"/> at the longest.</summary>
    private void ReadWithin(long end)
    {
        var left = end * NanosecondsPerMicrosecond - Nanoseconds;
        var timeout = new TimeSpec
        {
            Seconds = (nint)(Math.Max(left, 0) / NanosecondsPerSecond),
            Nanoseconds = (nint)(Math.Max(left, 0) % NanosecondsPerSecond),
        };

        // Pinned for good.
        var entries = (PollEntry*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_entries));
        if (LibC.Poll(entries, (nuint)_entries.Length, &timeout, null) > 0)
        {
            RunReadable();
        }
    }

    private void RunReadable()
    {
        // The callbacks may change what is watched.
        var entries = _entries;
        var watched = _watched;
        if (entries[WakeSlot].ReturnedEvents != 0)
        {
            ulong count;
            _ = LibC.Read(entries[WakeSlot].Descriptor, (byte*)&count, sizeof(ulong));
        }

        for (var i = WakeSlot + 1; i < entries.Length; i++)
        {
            var returned = entries[i].ReturnedEvents;
            if (returned == 0 || (watched != _watched && Array.IndexOf(_watched, watched[i]) < 0))
            {
                continue;
            }

            try
            {
                if ((returned & NotOpen) != 0)
                {
                    Unwatch(watched[i]!);
                    throw new InvalidOperationException($"Descriptor {entries[i].Descriptor} was closed while it was watched.");
                }

                watched[i]!.OnReadable();
            }
            catch (Exception error)
            {
                Report(error);
            }
        }
    }

    private void RunPosted()
    {
        while (_posted.TryDequeue(out var work))
        {
            try
            {
                work();
            }
            catch (Exception error)
            {
                Report(error);
            }
        }
    }

    private long NextDeadline()
    {
        try
        {
            return _deadlines.Next;
        }
        catch (Exception error)
        {
            Report(error);
            return long.MaxValue;
        }
    }

    private void RunDue()
    {
        try
        {
            var now = Now;
            if (_deadlines.Next > now)
            {
                return;
            }

            // What arrived before the deadline may call it off, however long the thread was kept from reading it.
            ReadWithin(now);
            if (_deadlines.Next <= now)
            {
                _deadlines.Expire(now);
            }
        }
        catch (Exception error)
        {
            Report(error);
        }
    }

    /// <summary>Reports a bug, and makes sure that one which comes again at once does not take the whole processor at real-time priority.</summary>
    private void Report(Exception error)
    {
        _onError(error);
        var pause = new TimeSpec { Nanoseconds = (nint)PauseNanoseconds };
        _ = LibC.Poll(null, 0, &pause, null);
    }

    private void Wake()
    {
        ulong one = 1;
        try
        {
            // It fails only when the count is full: then the thread is about to wake anyway.
            _ = LibC.Write(_wake, (byte*)&one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // The thread has ended.
        }
    }
}
