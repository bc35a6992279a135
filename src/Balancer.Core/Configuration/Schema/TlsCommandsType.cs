using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary><c>ssl_conf_command</c>: a table of commands, or nginx's <c>Name value</c> in a string, or an array of these.</summary>
internal sealed class TlsCommandsType() : TextsByNameType(StringComparer.Ordinal, "a text")
{
    /// <summary>The commands that may be given: those that no key of ours says already.</summary>
    public static string[] Names { get; } = ["Ciphersuites", "SignatureAlgorithms", "ClientSignatureAlgorithms", "Groups", "Curves"];

    public override string Name => "table of texts";

    public override string Expected => "a table such as { Ciphersuites = \"TLS_AES_128_GCM_SHA256\" }, or a string such as \"Ciphersuites TLS_AES_128_GCM_SHA256\", or an array of these";

    protected override bool TryReadLine(TomlString line, List<Word> words, BindContext context, Dictionary<string, ConfigText> texts) =>
        words.Count == 2 ? TryAdd(words[0].Text, words[0].Position, words[1], context, texts) : context.FailExpected(line, Expected);

    protected override bool TryAdd(string name, TomlPosition position, Word value, BindContext context, Dictionary<string, ConfigText> texts)
    {
        // OpenSSL compares the names of commands without regard to case.
        var known = Array.Find(Names, n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (known is null)
        {
            return context.Fail(position, $"the command {BindContext.Show(name)} is not supported, expected {string.Join(", ", Names)}{NearestName.Hint(name, Names)}");
        }

        TemplateType.Any.TryReadWord(value, context, out var text);
        return texts.TryAdd(known, text) || context.Fail(position, $"'{known}' is given twice");
    }
}
