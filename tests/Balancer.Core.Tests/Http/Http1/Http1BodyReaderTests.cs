using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Balancer.Infrastructure;

namespace Balancer.Http.Http1;

public class Http1BodyReaderTests
{
    private readonly Pipe _pipe = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly IoGuard _guard = new(new TimeoutWheel(new CoarseClock(new FakeTimeProvider())));
    private readonly Http1BodyReader _body;

    public Http1BodyReaderTests() => _body = new Http1BodyReader(_pipe.Reader);

    [Theory]
    [InlineData(nameof(BodyFraming.ContentLength), "hello", 5)]
    [InlineData(nameof(BodyFraming.Chunked), "2\r\nhe\r\n3;x\r\nllo\r\n0\r\n\r\n", -1)]
    public async Task A_body_cut_anywhere_ends_where_it_ends(string framing, string text, long length)
    {
        for (var cut = 0; cut <= text.Length; cut++)
        {
            _body.Begin(Enum.Parse<BodyFraming>(framing), length);
            var reading = ReadAllAsync();
            await SendAsync(text[..cut]);
            await SendAsync(text[cut..] + "next");

            Assert.Equal(("hello", BodyStatus.End), await reading);
            Assert.True(_body.IsComplete);
            Assert.Equal(5, _body.BytesRead);
            _body.Release();
            var rest = await _pipe.Reader.ReadAsync();
            Assert.Equal("next", Encoding.ASCII.GetString(rest.Buffer.ToArray()));
            _pipe.Reader.AdvanceTo(rest.Buffer.End);
        }
    }

    [Fact]
    public async Task A_body_until_the_end_of_the_connection_ends_with_it()
    {
        _body.Begin(BodyFraming.UntilClose, -1);
        var reading = ReadAllAsync();
        await SendAsync("hello ");
        await SendAsync("world");
        await _pipe.Writer.CompleteAsync();

        Assert.Equal(("hello world", BodyStatus.End), await reading);
    }

    [Theory]
    [InlineData(nameof(BodyFraming.None), -1)]
    [InlineData(nameof(BodyFraming.ContentLength), 0)]
    public async Task No_body_is_complete_at_once_and_touches_nothing(string framing, long length)
    {
        await SendAsync("next");
        _body.Begin(Enum.Parse<BodyFraming>(framing), length);

        Assert.True(_body.IsComplete);
        Assert.Equal(("", BodyStatus.End), await ReadAllAsync());
        Assert.Equal(4, (await _pipe.Reader.ReadAsync()).Buffer.Length);
    }

    [Theory]
    [InlineData(nameof(BodyFraming.ContentLength), "hel", nameof(BodyStatus.Truncated))]
    [InlineData(nameof(BodyFraming.Chunked), "3\r\nhel\r\n", nameof(BodyStatus.Truncated))]
    [InlineData(nameof(BodyFraming.Chunked), "3\r\nhel\r\n0\r\n", nameof(BodyStatus.Truncated))]
    [InlineData(nameof(BodyFraming.Chunked), "3\r\nhel\r\nx\r\n", nameof(BodyStatus.Malformed))]
    public async Task What_is_not_whole_is_told(string framing, string text, string expected)
    {
        _body.Begin(Enum.Parse<BodyFraming>(framing), 5);
        await SendAsync(text);
        await _pipe.Writer.CompleteAsync();

        Assert.Equal(("hel", Enum.Parse<BodyStatus>(expected)), await ReadAllAsync());
    }

    [Fact]
    public async Task A_connection_that_breaks_truncates_the_body()
    {
        _body.Begin(BodyFraming.UntilClose, -1);
        await _pipe.Writer.CompleteAsync(new IOException("reset"));

        Assert.Equal(("", BodyStatus.Truncated), await ReadAllAsync());
    }

    [Theory]
    [InlineData(4, nameof(BodyStatus.TooLarge))]
    [InlineData(5, nameof(BodyStatus.End))]
    [InlineData(0, nameof(BodyStatus.End))]
    public async Task A_chunked_body_larger_than_allowed_is_told(long limit, string expected)
    {
        _body.Begin(BodyFraming.Chunked, -1);
        _body.MaxSize = limit;
        await SendAsync("5\r\nhello\r\n0\r\n\r\n");

        Assert.Equal(expected, (await ReadAllAsync()).Status.ToString());
    }

    [Fact]
    public async Task An_interruption_ends_the_wait()
    {
        _body.Begin(BodyFraming.ContentLength, 5);
        var reading = _body.ReadAsync(_guard, 0).AsTask();

        _guard.Interrupt();

        Assert.Equal(BodyStatus.Interrupted, (await reading).Status);
    }

    [Fact]
    public async Task A_cancellation_left_over_does_not_end_the_body()
    {
        _pipe.Reader.CancelPendingRead();
        _body.Begin(BodyFraming.ContentLength, 5);
        var reading = ReadAllAsync();
        await SendAsync("hello");

        Assert.Equal(("hello", BodyStatus.End), await reading);
    }

    [Fact]
    public async Task A_reader_that_was_detached_knows_nothing_of_the_body_before()
    {
        _body.Begin(BodyFraming.Chunked, -1);
        _body.MaxSize = 3;
        await SendAsync("1\r\nx\r\n0\r\nX-T: 1\r\n\r\n");
        await ReadAllAsync();
        Assert.NotNull(_body.Trailers);
        _body.Release();

        _body.Detach();
        Assert.True(_body.IsComplete);
        Assert.Null(_body.Trailers);
        _body.Attach(_pipe.Reader);
        _body.Begin(BodyFraming.ContentLength, 5);
        await SendAsync("hello");

        Assert.Equal(("hello", BodyStatus.End), await ReadAllAsync());
    }

    private async Task<(string Text, BodyStatus Status)> ReadAllAsync()
    {
        var text = new StringBuilder();
        while (true)
        {
            var read = await _body.ReadAsync(_guard, 0);
            text.Append(Encoding.ASCII.GetString(read.Data.ToArray()));
            if (read.Status != BodyStatus.Data)
            {
                return (text.ToString(), read.Status);
            }
        }
    }

    private async Task SendAsync(string text)
    {
        if (text.Length > 0)
        {
            await _pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes(text));
        }
    }
}
