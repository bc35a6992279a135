namespace Balancer.Configuration.Values;

public sealed class OriginSyntaxTests
{
    [Theory]
    [InlineData("https://app.example.com", "https://app.example.com")]
    [InlineData("HTTPS://App.Example.COM", "https://app.example.com")]
    [InlineData("https://app.example.com:443", "https://app.example.com")]
    [InlineData("http://app.example.com:80", "http://app.example.com")]
    [InlineData("http://app.example.com:443", "http://app.example.com:443")]
    [InlineData("http://localhost:5173", "http://localhost:5173")]
    [InlineData("http://127.0.0.1:3000", "http://127.0.0.1:3000")]
    [InlineData("http://[::1]:3000", "http://[::1]:3000")]
    [InlineData("https://[::1]", "https://[::1]")]
    [InlineData("capacitor://localhost", "capacitor://localhost")]
    [InlineData("chrome-extension://abcdefghijklmnop", "chrome-extension://abcdefghijklmnop")]
    public void Origin_has_one_form(string text, string origin)
    {
        Assert.True(OriginSyntax.TryNormalize(text, out var normal));
        Assert.Equal(origin, normal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("app.example.com")]
    [InlineData("https:/app.example.com")]
    [InlineData("https://")]
    [InlineData("://app.example.com")]
    [InlineData("1https://app.example.com")]
    [InlineData("https://app.example.com/")]
    [InlineData("https://user@app.example.com")]
    [InlineData("https://app.example.com:")]
    [InlineData("https://app.example.com:0")]
    [InlineData("https://app.example.com:0443")]
    [InlineData("https://app.example.com:65536")]
    [InlineData("https://app.example.com:x")]
    [InlineData("https://[::1")]
    [InlineData("https://[127.0.0.1]")]
    [InlineData("https://a..b")]
    [InlineData("https://*")]
    [InlineData("https://a b")]
    public void Other_texts_are_none(string text)
    {
        Assert.False(OriginSyntax.TryNormalize(text, out _));
    }
}
