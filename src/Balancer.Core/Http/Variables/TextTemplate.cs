using System.Buffers;
using Balancer.Configuration;
using Balancer.Infrastructure;

namespace Balancer.Http.Variables;

/// <summary>
/// A text with nginx's variables, compiled at load: <c>"https://$host$request_uri"</c>, <c>"${scheme}://x"</c>. Immutable; any thread.
/// </summary>
internal sealed class TextTemplate
{
    [ThreadStatic]
    private static ByteBuffer? t_scratch;

    private readonly TemplatePart[] _parts;

    internal TextTemplate(TemplatePart[] parts, bool readsSentHead)
    {
        _parts = parts;
        ReadsSentHead = readsSentHead;
        IsConstant = parts.All(part => part.Reader is null);
        Constant = IsConstant ? [.. parts.SelectMany(part => part.Literal)] : [];
    }

    /// <summary>Whether the text holds no variable and is the same for every request.</summary>
    public bool IsConstant { get; }

    /// <summary>The text of a constant template in UTF-8; empty for others.</summary>
    public byte[] Constant { get; }

    /// <summary>Whether a <c>$sent_http_*</c> is printed, so that the head sent must be kept (<see cref="HttpExchange.KeepSentHead"/>).</summary>
    public bool ReadsSentHead { get; }

    /// <summary>The variables it refers to, in the order of the text.</summary>
    public IReadOnlyList<string> VariableNames { get; init; } = [];

    /// <summary>The text piece by piece, for writers that treat values differently from the text around them.</summary>
    public ReadOnlySpan<TemplatePart> Parts => _parts;

    /// <summary>Compiles a text; on a fault adds an error that points at the variable and returns a template that must not be used.</summary>
    public static TextTemplate Compile(ConfigText text, VariableScope scope, ICollection<ConfigError> errors) =>
        new TemplateCompiler(text, scope, errors).Compile();

    /// <summary>Appends the text for a request; a variable without value is empty.</summary>
    /// <returns>How many bytes were appended: a <c>proxy_set_header</c> with none is not sent.</returns>
    public int Write(HttpExchange exchange, ByteBuffer output)
    {
        if (IsConstant)
        {
            output.Append(Constant);
            return Constant.Length;
        }

        var start = output.Length;
        foreach (ref readonly var part in _parts.AsSpan())
        {
            if (part.Reader is null)
            {
                output.Append(part.Literal);
            }
            else
            {
                part.Reader(exchange, output);
            }
        }

        return output.Length - start;
    }

    /// <inheritdoc cref="Write(HttpExchange, ByteBuffer)"/>
    public int Write(HttpExchange exchange, IBufferWriter<byte> output)
    {
        if (IsConstant)
        {
            output.Write(Constant);
            return Constant.Length;
        }

        var scratch = t_scratch ??= new ByteBuffer(1024);
        scratch.Clear();
        var written = Write(exchange, scratch);
        output.Write(scratch.Written);
        return written;
    }

    /// <summary>Appends a field line with the text as its value; nothing when it comes out empty. Line ends that a variable holds become blanks.</summary>
    public void WriteField(HttpExchange exchange, ReadOnlySpan<byte> name, HeadWriter output)
    {
        var start = output.Length;
        output.Write(name);
        output.Write(": "u8);
        var valueStart = output.Length;
        if (Write(exchange, output) == 0)
        {
            output.Truncate(start);
            return;
        }

        output.NeutralizeFrom(valueStart);
        output.Write("\r\n"u8);
    }
}
