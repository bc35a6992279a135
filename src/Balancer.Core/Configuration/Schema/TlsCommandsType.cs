using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary><c>ssl_conf_command</c>: a table of commands, or nginx's <c>Name value</c> in a string, or an array of these.</summary>
internal sealed class TlsCommandsType : ValueType<IReadOnlyDictionary<string, ConfigText>>
{
    /// <summary>The commands that may be given: those that no key of ours says already.</summary>
    public static string[] Names { get; } = ["Ciphersuites", "SignatureAlgorithms", "ClientSignatureAlgorithms", "Groups", "Curves"];

    public override string Name => "table of texts";

    public override string Expected => "a table such as { Ciphersuites = \"TLS_AES_128_GCM_SHA256\" }, or a string such as \"Ciphersuites TLS_AES_128_GCM_SHA256\", or an array of these";

    public override bool TryRead(TomlValue value, BindContext context, out IReadOnlyDictionary<string, ConfigText> result)
    {
        var commands = new Dictionary<string, ConfigText>(StringComparer.Ordinal);
        result = commands;
        if (value is not TomlArray array)
        {
            return TryReadOne(value, context, commands);
        }

        var well = array.Items.Count > 0 || context.FailExpected(value, Expected);
        foreach (var item in array.Items)
        {
            well &= TryReadOne(item, context, commands);
        }

        return well;
    }

    public override bool TryReadWord(Word word, BindContext context, out IReadOnlyDictionary<string, ConfigText> result)
    {
        result = new Dictionary<string, ConfigText>();
        return context.FailExpected(word, Expected);
    }

    public override string Write(IReadOnlyDictionary<string, ConfigText> value) =>
        $"{{ {string.Join(", ", value.Select(static pair => $"{TomlFormat.Key(pair.Key)} = {TomlFormat.Quote(pair.Value.Value)}"))} }}";

    private bool TryReadOne(TomlValue value, BindContext context, Dictionary<string, ConfigText> commands)
    {
        switch (value)
        {
            case TomlTable table:
                var well = true;
                foreach (var entry in table.Entries)
                {
                    well &= entry.Value is TomlString text
                        ? TryAdd(entry.Key.Name, entry.Key.Position, Word.Whole(text), context, commands)
                        : context.FailExpected(entry.Value, "a text");
                }

                return well;
            case TomlString line:
                if (!context.TrySplit(line, 0, out var words))
                {
                    return false;
                }

                return words.Count == 2 ? TryAdd(words[0].Text, words[0].Position, words[1], context, commands) : context.FailExpected(value, Expected);
            default:
                return context.FailExpected(value, Expected);
        }
    }

    private static bool TryAdd(string name, TomlPosition position, Word value, BindContext context, Dictionary<string, ConfigText> commands)
    {
        // OpenSSL compares the names of commands without regard to case.
        var known = Array.Find(Names, n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (known is null)
        {
            return context.Fail(position, $"the command {BindContext.Show(name)} is not supported, expected {string.Join(", ", Names)}{NearestName.Hint(name, Names)}");
        }

        TemplateType.Any.TryReadWord(value, context, out var text);
        return commands.TryAdd(known, text) || context.Fail(position, $"'{known}' is given twice");
    }
}
