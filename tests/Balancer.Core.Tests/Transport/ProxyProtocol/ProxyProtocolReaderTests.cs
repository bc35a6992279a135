using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Balancer.Infrastructure;

namespace Balancer.Transport.ProxyProtocol;

public sealed class ProxyProtocolReaderTests
{
    private const string Header = "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n";

    private readonly FakeTimeProvider _time = new();
    private readonly CoarseClock _clock;
    private readonly TimeoutWheel _wheel;
    private readonly IoGuard _guard;
    private readonly IdleService _service = new();
    private readonly Pipe _pipe = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));

    public ProxyProtocolReaderTests()
    {
        _clock = new CoarseClock(_time);
        _wheel = new TimeoutWheel(_clock);
        _guard = new IoGuard(_wheel);
    }

    [Fact]
    public async Task The_bytes_behind_the_header_are_left_for_the_next_reader()
    {
        await SendAsync(Header + "GET /");

        var header = await ReadAsync();

        Assert.Equal("192.0.2.1", header!.Value.Source!.ToString());
        Assert.Equal("GET /", Encoding.ASCII.GetString((await _pipe.Reader.ReadAsync()).Buffer.ToArray()));
    }

    [Fact]
    public async Task A_header_cut_anywhere_is_read()
    {
        for (var cut = 1; cut < Header.Length; cut++)
        {
            var reading = ReadAsync();
            await SendAsync(Header[..cut]);
            await SendAsync(Header[cut..]);

            Assert.Equal(443, (await reading)!.Value.Destination!.Port);
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("PROXY TCP9")]
    [InlineData("\r\n\r\nX")]
    public async Task Anything_else_is_no_header(string text)
    {
        await SendAsync(text + new string('x', 200));

        Assert.Null(await ReadAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("PROXY TCP4 192.")]
    public async Task A_connection_that_ends_early_has_no_header(string text)
    {
        var reading = ReadAsync();
        await SendAsync(text);
        await _pipe.Writer.CompleteAsync();

        Assert.Null(await reading);
    }

    [Fact]
    public async Task A_connection_that_breaks_has_no_header()
    {
        await _pipe.Writer.CompleteAsync(new IOException("reset"));

        Assert.Null(await ReadAsync());
    }

    [Fact]
    public async Task A_header_that_drips_gets_no_more_time_than_one_that_does_not_come()
    {
        var reading = ReadAsync();
        for (var i = 0; i < 9; i++)
        {
            await SendAsync(Header[i..(i + 1)]);
            Advance(100);
        }

        Assert.False(reading.IsCompleted);
        Advance(200);

        Assert.Null(await reading);
    }

    [Fact]
    public async Task An_interruption_ends_the_wait()
    {
        var reading = ReadAsync();

        _guard.Interrupt();

        Assert.Null(await reading);
    }

    [Fact]
    public async Task A_drain_leaves_the_header_little_time()
    {
        var reading = ReadAsync();

        _service.BeginDrain();
        _guard.Nudge();
        Advance(150);
        Assert.False(reading.IsCompleted);
        Advance(100);

        Assert.Null(await reading);
    }

    private Task<ProxyProtocolHeader?> ReadAsync() => ProxyProtocolReader.ReadAsync(_pipe.Reader, _guard, _service, _clock).AsTask();

    private async Task SendAsync(string text)
    {
        if (text.Length > 0)
        {
            await _pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes(text));
        }
    }

    private void Advance(int milliseconds)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _clock.Refresh();
        _wheel.Advance();
    }
}
