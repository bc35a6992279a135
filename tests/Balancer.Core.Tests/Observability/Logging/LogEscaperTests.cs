using System.Text;
using System.Text.Json;
using Balancer.Infrastructure;

namespace Balancer.Observability.Logging;

public sealed class LogEscaperTests
{
    [Theory]
    [InlineData("plain ~", "plain ~", "plain ~")]
    [InlineData("", "", "")]
    [InlineData("a\"b", "a\\x22b", "a\\\"b")]
    [InlineData("a\\b", "a\\x5Cb", "a\\\\b")]
    [InlineData("a\r\nb", "a\\x0D\\x0Ab", "a\\r\\nb")]
    [InlineData("\t\b\f", "\\x09\\x08\\x0C", "\\t\\b\\f")]
    [InlineData("\u0001\u001f", "\\x01\\x1F", "\\u0001\\u001F")]
    [InlineData("\u007f", "\\x7F", "\u007f")]
    [InlineData("é", "\\xC3\\xA9", "é")]
    [InlineData("\0", "\\x00", "\\u0000")]
    [InlineData("\"", "\\x22", "\\\"")]
    public void Value_is_escaped_as_nginx_does(string value, string text, string json)
    {
        Assert.Equal(text, Escape(Encoding.UTF8.GetBytes(value), LogEscape.Default));
        Assert.Equal(json, Escape(Encoding.UTF8.GetBytes(value), LogEscape.Json));
        Assert.Equal(value, Escape(Encoding.UTF8.GetBytes(value), LogEscape.None));
    }

    [Fact]
    public void Bytes_that_are_no_text_do_not_break_json() =>
        Assert.Equal("a\uFFFDb\uFFFD", Escape([(byte)'a', 0xff, (byte)'b', 0xc3], LogEscape.Json));

    [Fact]
    public void Any_bytes_stay_within_their_field()
    {
        var random = new Random(7);
        for (var i = 0; i < 5000; i++)
        {
            var value = new byte[random.Next(40)];
            random.NextBytes(value);
            if (i % 2 == 0)
            {
                value = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(value).Replace('\u00ff', '"'));
            }

            var text = Escape(value, LogEscape.Default);
            Assert.All(text, c => Assert.True(c is >= ' ' and < '\u007f' and not '"'));
            var json = Escape(value, LogEscape.Json);
            Assert.Equal(Encoding.UTF8.GetString(value), JsonSerializer.Deserialize<string>($"\"{json}\""));
            Assert.Equal(LogEscaper.IsSafe(value, LogEscape.Default), text == Encoding.Latin1.GetString(value));
        }
    }

    private static string Escape(byte[] value, LogEscape escape)
    {
        var output = new ByteBuffer();
        LogEscaper.Append(value, escape, output);
        return Encoding.UTF8.GetString(output.Written);
    }
}
