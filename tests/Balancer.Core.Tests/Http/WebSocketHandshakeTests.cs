namespace Balancer.Http;

public sealed class WebSocketHandshakeTests
{
    [Theory]
    [InlineData("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", true)]
    [InlineData("s3pPLMBiTxaQ9kYGzzhZRbK+xOo", false)]
    [InlineData("S3pPLMBiTxaQ9kYGzzhZRbK+xOo=", false)]
    [InlineData("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=x", false)]
    [InlineData("", false)]
    public void The_example_of_RFC_6455_and_nothing_else_fits_its_key(string accept, bool fits) =>
        Assert.Equal(fits, WebSocketHandshake.IsAccepted("dGhlIHNhbXBsZSBub25jZQ=="u8, System.Text.Encoding.ASCII.GetBytes(accept)));

    [Fact]
    public void Keys_are_16_bytes_in_Base64_and_differ()
    {
        var keys = new HashSet<string>();
        Span<byte> key = stackalloc byte[WebSocketHandshake.KeyLength];
        for (var i = 0; i < 100; i++)
        {
            WebSocketHandshake.MakeKey(key);
            var text = System.Text.Encoding.ASCII.GetString(key);
            Assert.Equal(16, Convert.FromBase64String(text).Length);
            keys.Add(text);
        }

        Assert.Equal(100, keys.Count);
    }
}
