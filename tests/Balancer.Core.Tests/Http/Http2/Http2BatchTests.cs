using System.Buffers;
using System.IO.Pipelines;
using Balancer.Infrastructure;

namespace Balancer.Http.Http2;

public sealed class Http2BatchTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly Http2Watch _watch = new(Http2Limits.Default, new CoarseClock(TimeProvider.System));
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 1000, resumeWriterThreshold: 500, useSynchronizationContext: false));
    private readonly CountingWriter _writer;
    private readonly Http2Batch _batch;

    public Http2BatchTests()
    {
        _writer = new CountingWriter(_pipe.Writer);
        _batch = new Http2Batch(_writer, _watch);
        Assert.True(_watch.Receive(new Http2FrameHead(0, Http2FrameType.Settings, 0, 0)));
    }

    [Fact]
    public async Task Without_open_streams_a_flush_sends_at_once()
    {
        _batch.Write("one"u8);
        var flush = _batch.FlushAsync().AsTask();

        Assert.True(flush.IsCompleted);
        Assert.Equal(1, _writer.Flushes);
        Assert.Equal(0, _batch.UnflushedBytes);
        Assert.False((await flush).IsCompleted);
        Assert.Equal("one", await ReadAsync(3));
    }

    [Fact]
    public async Task With_open_streams_a_flush_is_left_to_the_thread_pool()
    {
        OpenStream(1);
        _batch.Write("one"u8);

        Assert.True(_batch.FlushAsync().AsTask().IsCompletedSuccessfully);
        Assert.Equal("one", await ReadAsync(3));
    }

    [Fact]
    public async Task Last_response_takes_along_what_was_left()
    {
        OpenStream(1);
        _batch.Write("one"u8);
        Assert.True(_batch.FlushAsync().AsTask().IsCompletedSuccessfully);
        _watch.Send(new Http2FrameHead(0, Http2FrameType.Data, Http2FrameHead.EndStreamOrAck, 1));
        _batch.Write("two"u8);
        Assert.True(_batch.FlushAsync().AsTask().IsCompletedSuccessfully);

        Assert.Equal("onetwo", await ReadAsync(6));
        Assert.Equal(0, _batch.UnflushedBytes);
    }

    [Fact]
    public async Task What_is_written_while_the_client_takes_nothing_leaves_in_one_piece()
    {
        _batch.Write(new byte[1000]);
        var first = _batch.FlushAsync().AsTask();
        Assert.False(first.IsCompleted);
        for (var i = 0; i < 10; i++)
        {
            _batch.Write("x"u8);
            Assert.True(_batch.FlushAsync().AsTask().IsCompletedSuccessfully);
        }

        Assert.Equal(1, _writer.Flushes);
        await ReadAsync(1010);
        await first.WaitAsync(Long);
        Assert.Equal(2, _writer.Flushes);
    }

    [Fact]
    public async Task Writer_waits_while_much_is_left_to_be_sent()
    {
        OpenStream(1);
        _batch.Write(new byte[Http2Batch.Limit]);
        var first = _batch.FlushAsync().AsTask();
        _batch.Write(new byte[Http2Batch.Limit]);
        var second = _batch.FlushAsync().AsTask();
        Assert.False(first.IsCompleted);
        Assert.False(second.IsCompleted);

        await ReadAsync(2 * Http2Batch.Limit);
        Assert.False((await first.WaitAsync(Long)).IsCompleted);
        Assert.False((await second.WaitAsync(Long)).IsCompleted);
        Assert.Equal(0, _batch.UnflushedBytes);
    }

    [Fact]
    public async Task End_passes_on_what_is_left_and_nothing_after_it()
    {
        OpenStream(1);
        _batch.Write("last"u8);
        await _batch.FlushAsync();
        _batch.Write(" word"u8);
        _batch.End();
        _batch.Write("late"u8);

        Assert.True((await _batch.FlushAsync()).IsCompleted);
        _batch.End();
        await _pipe.Writer.CompleteAsync();
        Assert.Equal("last word", await ReadAsync(9));
        Assert.True((await _pipe.Reader.ReadAsync()).IsCompleted);
    }

    [Fact]
    public async Task End_lets_a_writer_go_that_waits()
    {
        _batch.Write(new byte[Http2Batch.Limit]);
        var first = _batch.FlushAsync().AsTask();
        _batch.Write(new byte[Http2Batch.Limit]);
        var second = _batch.FlushAsync().AsTask();
        _batch.End();

        Assert.True((await second.WaitAsync(Long)).IsCompleted);
        Assert.False(first.IsCompleted);

        // Closing sends the rest.
        await _pipe.Writer.CompleteAsync();
        await ReadAsync(2 * Http2Batch.Limit);
        Assert.True((await first.WaitAsync(Long)).IsCompleted);
    }

    [Fact]
    public async Task The_writer_has_no_other_user_once_everything_is_sent()
    {
        _batch.Write(new byte[Http2Batch.Limit]);
        var first = _batch.FlushAsync().AsTask();
        _batch.Write("last words"u8);
        _batch.End();
        var sent = _batch.WhenSentAsync();
        Assert.False(sent.IsCompleted);

        await ReadAsync(Http2Batch.Limit + 10);
        await sent.WaitAsync(Long);
        Assert.True(first.IsCompleted);
        Assert.Equal(2, _writer.Flushes);
        Assert.True(_batch.WhenSentAsync().IsCompleted);
    }

    [Fact]
    public async Task After_the_end_a_flush_that_is_cancelled_is_not_taken_up_again()
    {
        _batch.Write(new byte[Http2Batch.Limit]);
        _ = _batch.FlushAsync().AsTask();
        _batch.Write("last words"u8);
        _batch.End();
        var sent = _batch.WhenSentAsync();
        _writer.CancelPendingFlush();

        await sent.WaitAsync(Long);
        Assert.Equal(1, _writer.Flushes);
    }

    [Fact]
    public async Task What_End_passes_on_while_something_is_sent_follows_it()
    {
        _batch.Write(new byte[Http2Batch.Limit]);
        var first = _batch.FlushAsync().AsTask();
        _batch.Write("last words"u8);
        _batch.End();
        Assert.False(first.IsCompleted);

        Assert.EndsWith("last words", await ReadAsync(Http2Batch.Limit + 10));
        Assert.True((await first.WaitAsync(Long)).IsCompleted);
    }

    [Fact]
    public async Task Connection_that_is_gone_is_told_by_the_next_flush()
    {
        OpenStream(1);
        await _pipe.Reader.CompleteAsync();
        _batch.Write("x"u8);
        await _batch.FlushAsync();
        for (var i = 0; !(await _batch.FlushAsync()).IsCompleted; i++)
        {
            Assert.True(i < 10_000, "the end is not told");
            _batch.Write("x"u8);
            await Task.Yield();
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 0)]
    public async Task Bytes_arrive_in_order_whatever_the_pieces(int seed, int openStreams)
    {
        for (var i = 0; i < openStreams; i++)
        {
            OpenStream((2 * i) + 1);
        }

        const int Total = 2_000_000;
        var random = new Random(seed);
        var reading = Task.Run(async () =>
        {
            var slow = new Random(seed + 100);
            for (var at = 0; at < Total;)
            {
                var result = await _pipe.Reader.ReadAsync();
                foreach (var segment in result.Buffer)
                {
                    foreach (var value in segment.Span)
                    {
                        if (value != (byte)(at++ * 31 >> 3))
                        {
                            return at;
                        }
                    }
                }

                _pipe.Reader.AdvanceTo(result.Buffer.End);
                if (slow.Next(4) == 0)
                {
                    await Task.Yield();
                }
            }

            return Total;
        });
        for (var at = 0; at < Total;)
        {
            var span = _batch.GetSpan(random.Next(1, 20_000));
            var length = Math.Min(Math.Min(span.Length, Total - at), random.Next(1, 20_000));
            for (var i = 0; i < length; i++)
            {
                span[i] = (byte)(at++ * 31 >> 3);
            }

            _batch.Advance(length);
            if (random.Next(3) > 0)
            {
                Assert.False((await _batch.FlushAsync().AsTask().WaitAsync(Long)).IsCompleted);
            }

            Assert.True(_batch.UnflushedBytes < 20 * Http2Batch.Limit);
        }

        _batch.End();
        Assert.Equal(Total, await reading.WaitAsync(Long));
    }

    private void OpenStream(int stream) => Assert.True(_watch.Receive(new Http2FrameHead(0, Http2FrameType.Headers, Http2FrameHead.EndHeaders, stream)));

    private async Task<string> ReadAsync(int length)
    {
        var text = new List<byte>();
        while (text.Count < length)
        {
            var result = await _pipe.Reader.ReadAsync().AsTask().WaitAsync(Long);
            text.AddRange(result.Buffer.ToArray());
            _pipe.Reader.AdvanceTo(result.Buffer.End);
        }

        return System.Text.Encoding.ASCII.GetString([.. text]);
    }

    private sealed class CountingWriter(PipeWriter inner) : PipeWriter
    {
        private int _flushes;

        public int Flushes => Volatile.Read(ref _flushes);

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _flushes);
            return inner.FlushAsync(cancellationToken);
        }
    }
}
