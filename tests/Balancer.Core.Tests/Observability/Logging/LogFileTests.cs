using System.Text;
using Balancer.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Observability.Logging;

public sealed class LogFileTests : IDisposable
{
    private static readonly LogBuffering Unbuffered = new(0, TimeSpan.Zero);

    private readonly MemoryDestination _destination = new();

    public void Dispose() => _destination.Dispose();

    [Fact]
    public async Task Line_is_written_without_further_ado()
    {
        await using var file = Start(Unbuffered);
        file.Append("one\n"u8);
        await _destination.WrittenAsync();
        Assert.Equal("one\n", _destination.Text);
    }

    [Fact]
    public async Task Lines_are_all_written_at_stop()
    {
        var file = Start(new LogBuffering(64 << 10, TimeSpan.FromHours(1)));
        Parallel.For(0, 4, thread =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                file.Append(Encoding.ASCII.GetBytes($"{thread} {i}\n"));
            }
        });
        await file.DisposeAsync();

        Assert.Equal(0, file.DroppedLines);
        Assert.True(_destination.IsDisposed);
        var lines = _destination.Lines;
        Assert.Equal(80_000, lines.Length);
        Assert.Equal(80_000, lines.ToHashSet().Count);
    }

    [Fact]
    public async Task Stalled_destination_costs_the_lines_beyond_the_bound_and_they_are_counted()
    {
        var file = Start(Unbuffered, limit: 1);
        _destination.Stall();
        file.Append("first\n"u8);
        await _destination.EnteredAsync();

        // 128 KiB fit into a stripe; the calling thread has one number, so the bound is exact.
        var line = new byte[1024];
        line.AsSpan().Fill((byte)'x');
        line[^1] = (byte)'\n';
        for (var i = 0; i < 200; i++)
        {
            file.Append(line);
        }

        Assert.Equal(72, file.DroppedLines);
        _destination.Resume();
        await file.DisposeAsync();
        Assert.Equal(1 + 128, _destination.Lines.Length);
        Assert.Equal(72, file.DroppedLines);
    }

    [Fact]
    public async Task Stop_gives_up_on_a_destination_that_takes_nothing()
    {
        var time = new FakeTimeProvider();
        var file = Start(Unbuffered, time);
        _destination.Stall();
        file.Append("x\n"u8);
        await _destination.EnteredAsync();
        var stopping = file.DisposeAsync().AsTask();
        Assert.False(stopping.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5));
        await stopping.WaitAsync(TimeSpan.FromSeconds(30));
        _destination.Resume();
    }

    [Fact]
    public async Task Refused_lines_are_counted_and_later_ones_written()
    {
        await using var file = Start(Unbuffered);
        _destination.Failure = new IOException("No space left on device");
        file.Append("lost\n"u8);
        await _destination.WrittenAsync();
        _destination.Failure = null;
        file.Append("kept\n"u8);
        await _destination.WrittenAsync();
        Assert.Equal("kept\n", _destination.Text);
        Assert.Equal(1, file.DroppedLines);
    }

    [Fact]
    public async Task Buffered_lines_wait_for_the_flush_time()
    {
        var time = new FakeTimeProvider();
        await using var file = Start(new LogBuffering(64 << 10, TimeSpan.FromSeconds(3)), time);
        file.Append("one\n"u8);
        file.Append("two\n"u8);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, _destination.Writes);

        // The writer arms its timer on its own thread, so the clock may have to be moved more than once.
        var written = _destination.WrittenAsync();
        while (!written.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(3));
            await Task.Yield();
        }

        Assert.Equal("one\ntwo\n", _destination.Text);
    }

    [Fact]
    public async Task Full_buffer_is_written_before_the_flush_time()
    {
        await using var file = Start(new LogBuffering(4096, TimeSpan.FromHours(1)));
        var line = new byte[4096];
        line.AsSpan().Fill((byte)'x');
        line[^1] = (byte)'\n';
        file.Append(line);
        await _destination.WrittenAsync();
        Assert.Equal(4096, _destination.Text.Length);
    }

    [Fact]
    public async Task Reopen_divides_the_lines_cleanly()
    {
        var file = Start(new LogBuffering(64 << 10, TimeSpan.FromHours(1)));
        var next = new MemoryDestination();
        file.Append("before\n"u8);
        var reopened = file.ReopenAsync(next);
        file.Append("after\n"u8);
        await reopened;
        Assert.True(_destination.IsDisposed);
        Assert.Equal("before\n", _destination.Text);
        await file.DisposeAsync();
        Assert.Equal("after\n", next.Text);
    }

    [Fact]
    public async Task Reopen_while_the_old_destination_stalls_waits_for_it_and_loses_nothing()
    {
        var file = Start(Unbuffered);
        MemoryDestination second = new(), third = new();
        _destination.Stall();
        file.Append("1a\n"u8);
        await _destination.EnteredAsync();
        file.Append("1b\n"u8);
        var first = file.ReopenAsync(second);
        file.Append("2\n"u8);
        Assert.False(first.IsCompleted);
        _destination.Resume();
        await first;
        await file.ReopenAsync(third);
        file.Append("3\n"u8);
        await file.DisposeAsync();
        Assert.Equal(("1a\n1b\n", "2\n", "3\n"), (_destination.Text, second.Text, third.Text));
    }

    [Fact]
    public async Task Reopens_under_load_neither_lose_nor_repeat_a_line()
    {
        var file = Start(Unbuffered);
        List<MemoryDestination> destinations = [_destination];
        const int Count = 100_000;
        var appended = 0;
        var load = Task.Run(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                file.Append(Encoding.ASCII.GetBytes($"{i}\n"));
                Volatile.Write(ref appended, i + 1);
            }
        });
        for (var i = 1; i <= 10; i++)
        {
            while (Volatile.Read(ref appended) < i * Count / 20)
            {
                await Task.Yield();
            }

            destinations.Add(new MemoryDestination());
            await file.ReopenAsync(destinations[^1]);
        }

        await load;
        await file.DisposeAsync();
        Assert.Equal(0, file.DroppedLines);
        Assert.Equal(Count, destinations.SelectMany(d => d.Lines).Select(int.Parse).Distinct().Count());
        Assert.Equal(Count, destinations.Sum(d => d.Lines.Length));
        Assert.All(destinations, d => Assert.True(d.IsDisposed));
    }

    [Fact]
    public async Task Reopen_after_stop_closes_the_new_destination()
    {
        var file = Start(Unbuffered);
        await file.DisposeAsync();
        var next = new MemoryDestination();
        await file.ReopenAsync(next);
        Assert.True(next.IsDisposed);
    }

    private LogFile Start(LogBuffering buffering, TimeProvider? time = null, int limit = LogFile.DefaultLimit) =>
        new("test.log", _destination, buffering, time ?? TimeProvider.System, NullLogger.Instance, limit);
}
