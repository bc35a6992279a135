using Balancer.TestSupport.Http2;

namespace Balancer.Proxy.Http2Upstream;

public class Http2SchemeWriterTests
{
    private static readonly byte[] s_get = Frames.Of(FrameType.Headers, FrameFlags.EndStream, 1, 0x82, 0x86, 0x84);
    private static readonly byte[] s_purge = Frames.Of(FrameType.Headers, FrameFlags.EndStream, 3, 0x02, 3, (byte)'A', 0x86, (byte)'C', 0x86, 0x84);
    private static readonly byte[] s_data = Frames.Data(1, false, [0x82, 0x86, 0x86]);

    [Fact]
    public void The_scheme_of_every_request_is_changed_and_nothing_else()
    {
        var sent = Frames.Join(Frames.Preface, Frames.Settings((4, 65536)), s_get, s_data, s_purge, Frames.SettingsAck, s_get);
        var expected = Frames.Join(Frames.Preface, Frames.Settings((4, 65536)), Https(s_get, 10), s_data, Https(s_purge, 14), Frames.SettingsAck, Https(s_get, 10));

        new Http2SchemeWriter().Rewrite(sent);

        Assert.Equal(expected, sent);
    }

    [Fact]
    public void How_frames_are_cut_does_not_matter_outside_of_heads()
    {
        var sent = Frames.Join(Frames.Preface, s_data, Frames.Settings((4, 65536)));
        var before = sent.ToArray();
        var writer = new Http2SchemeWriter();

        for (var i = 0; i < sent.Length; i++)
        {
            writer.Rewrite(sent.AsSpan(i, 1));
        }

        Assert.Equal(before, sent);
        var get = s_get.ToArray();
        writer.Rewrite(get);
        Assert.Equal(Https(s_get, 10), get);
    }

    [Theory]
    [InlineData(0, 0x84, 0x82, 0x86)]
    [InlineData(0, 0x82, 0x84, 0x86)]
    [InlineData(0x08, 0x82, 0x86)]
    [InlineData(0x20, 0x82, 0x86)]
    [InlineData(0, 0x82)]
    [InlineData(0)]
    [InlineData(0, 0x02, 0x7F)]
    public void A_head_that_begins_otherwise_is_not_sent(int flags, params int[] payload)
    {
        var writer = new Http2SchemeWriter();
        writer.Rewrite(Frames.Preface);

        Assert.Throws<InvalidDataException>(() => writer.Rewrite(Frames.Of(FrameType.Headers, (FrameFlags)flags, 1, [.. payload.Select(b => (byte)b)])));
    }

    private static byte[] Https(byte[] frame, int index)
    {
        var changed = frame.ToArray();
        changed[index] = 0x87;
        return changed;
    }
}
