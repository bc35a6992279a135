using System.Buffers;
using System.Text;
using Balancer.Configuration;
using Balancer.Infrastructure;

namespace Balancer.Http.Variables;

public sealed class TextTemplateTests
{
    private static readonly VariableScope Scope = new(new WallClock(new FakeTimeProvider()), ["tenant"]);

    [Theory]
    [InlineData("https://$host$request_uri", "https://example.com/p?q=1")]
    [InlineData("${scheme}s", "https")]
    [InlineData("$HOST-${Host}.", "example.com-example.com.")]
    [InlineData("a$http_missing.b", "a.b")]
    [InlineData("$http_missing", "")]
    [InlineData("/$1$tenant/", "/onetwo/")]
    [InlineData("$10", "one0")]
    [InlineData("${1}0", "one0")]
    [InlineData("grün $uri", "grün /p")]
    [InlineData("{$uri}", "{/p}")]
    public void Text_is_put_together(string text, string expected)
    {
        var template = Compile(text);
        Assert.False(template.IsConstant);
        var exchange = ExchangeBuilder.Parsed("GET /p?q=1 HTTP/1.1\r\nHost: Example.com\r\n\r\n");
        exchange.NormalizedPath = "/p"u8.ToArray();
        exchange.Captures = ["", "one", "two"];
        exchange.CaptureNames = [null, null, "Tenant"];

        var buffer = new ByteBuffer();
        Assert.Equal(Encoding.UTF8.GetByteCount(expected), template.Write(exchange, buffer));
        Assert.Equal(expected, Encoding.UTF8.GetString(buffer.Written));

        var writer = new ArrayBufferWriter<byte>();
        Assert.Equal(writer.WrittenCount + Encoding.UTF8.GetByteCount(expected), template.Write(exchange, (IBufferWriter<byte>)writer));
        Assert.Equal(expected, Encoding.UTF8.GetString(writer.WrittenSpan));
    }

    [Fact]
    public void What_came_from_outside_holds_no_variables_and_ends_names()
    {
        var errors = new List<ConfigError>();
        var text = new ConfigText("$host$host $uri", SourceLocation.None) { Inserts = [new ConfigTextInsert(5, 6, "${A}"), new ConfigTextInsert(14, 1, "${B}")] };

        var template = TextTemplate.Compile(text, Scope, errors);

        Assert.Equal("unknown variable '$ur', did you mean '$uri'?", Assert.Single(errors).Message);
        template = TextTemplate.Compile(text.From(0) with { Inserts = [new ConfigTextInsert(5, 6, "${A}")] }, Scope, []);
        var exchange = ExchangeBuilder.Parsed("GET /p HTTP/1.1\r\nHost: example.com\r\n\r\n");
        exchange.NormalizedPath = "/p"u8.ToArray();
        var buffer = new ByteBuffer();
        template.Write(exchange, buffer);
        Assert.Equal("example.com$host /p", Encoding.UTF8.GetString(buffer.Written));
    }

    [Theory]
    [InlineData("")]
    [InlineData("max-age=63072000; includeSubDomains")]
    [InlineData("grün")]
    public void Text_without_variables_is_constant(string text)
    {
        var template = Compile(text);
        Assert.True(template.IsConstant);
        Assert.Equal(Encoding.UTF8.GetBytes(text), template.Constant);
        var writer = new ArrayBufferWriter<byte>();
        Assert.Equal(template.Constant.Length, template.Write(ExchangeBuilder.Parsed(), writer));
        Assert.Equal(template.Constant, writer.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData("a $remot_addr", 3, 12, "unknown variable '$remot_addr', did you mean '$remote_addr'?")]
    [InlineData("$banana", 3, 10, "unknown variable '$banana'")]
    [InlineData("$tennant", 3, 10, "unknown variable '$tennant', did you mean '$tenant'?")]
    [InlineData("$http_", 3, 10, "unknown variable '$http_', did you mean '$http2'?")]
    [InlineData("$0", 3, 10, "unknown variable '$0'")]
    [InlineData("$ssl_sigalg", 3, 10, "the variable '$ssl_sigalg' is not supported yet")]
    [InlineData("x$", 3, 11, "invalid variable name: expected a name after the '$', such as '$host' or '${host}'")]
    [InlineData("$$host", 3, 10, "invalid variable name: expected a name after the '$', such as '$host' or '${host}'")]
    [InlineData("${}", 3, 10, "invalid variable name: expected a name after the '$', such as '$host' or '${host}'")]
    [InlineData("${host", 3, 10, "the variable '${host' lacks its closing brace")]
    [InlineData("${ho st}", 3, 10, "the variable '${ho' lacks its closing brace")]
    public void Fault_is_reported_where_it_stands(string text, int line, int column, string message)
    {
        var errors = new List<ConfigError>();
        TextTemplate.Compile(new ConfigText(text, new SourceLocation("b.toml", 3, 10)), Scope, errors);
        var error = Assert.Single(errors);
        Assert.Equal(new ConfigError(new SourceLocation("b.toml", line, column), message), error);
    }

    [Fact]
    public void Fault_behind_an_escape_or_in_another_line_is_reported_where_it_stands()
    {
        var errors = new List<ConfigError>();
        var text = new ConfigText("a\"\n$b", new SourceLocation("f", 3, 10))
        {
            Breaks = [new ConfigTextBreak(2, new SourceLocation("f", 3, 13)), new ConfigTextBreak(3, new SourceLocation("f", 4, 1))],
        };
        TextTemplate.Compile(text.Append(new ConfigText("😀$c", new SourceLocation("g", 7, 7))), Scope, errors);
        Assert.Equal(["f:4:1: unknown variable '$b'", "g:7:8: unknown variable '$c'"], errors.Select(error => error.ToString()));
    }

    [Fact]
    public void All_faults_of_a_text_are_reported()
    {
        var errors = new List<ConfigError>();
        TextTemplate.Compile(new ConfigText("$a $host $b $", SourceLocation.None), Scope, errors);
        Assert.Equal(3, errors.Count);
    }

    [Fact]
    public void Template_knows_whether_it_reads_the_head_sent()
    {
        Assert.True(Compile("$sent_http_location").ReadsSentHead);
        Assert.False(Compile("$upstream_http_location").ReadsSentHead);
    }

    [Fact]
    public void Any_text_compiles_or_is_refused_and_what_compiles_can_be_written()
    {
        var random = new Random(20261121);
        string[] pieces = ["$", "{", "}", "host", "http_", "x", "_", "1", "0", " ", "\n", "ä", "\ud800", "remote_addr", "$uri", "${args}", "\\", "\"", "arg_"];
        var exchange = ExchangeBuilder.Full();
        var output = new ByteBuffer();
        var compiled = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => pieces[random.Next(pieces.Length)]));
            var errors = new List<ConfigError>();
            var template = TextTemplate.Compile(new ConfigText(text, new SourceLocation("f", 1, 1)), Scope, errors);
            Assert.All(errors, error => Assert.InRange(error.Location.Column, 1, text.Length));
            Assert.True(errors.Count > 0 || template.IsConstant == !text.Contains('$'), text);
            if (errors.Count == 0)
            {
                compiled++;
                output.Clear();
                Assert.Equal(template.Write(exchange, output), output.Length);
            }
        }

        Assert.InRange(compiled, 1000, 19_000);
    }

    private static TextTemplate Compile(string text)
    {
        var errors = new List<ConfigError>();
        var template = TextTemplate.Compile(new ConfigText(text, new SourceLocation("f", 1, 1)), Scope, errors);
        Assert.Empty(errors);
        return template;
    }
}
