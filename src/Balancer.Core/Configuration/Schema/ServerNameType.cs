using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>One <c>server_name</c>.</summary>
internal sealed class ServerNameType : WordType<ConfigText>
{
    private const string MachineName = "$hostname";

    public override string Name => "host name";

    public override string Expected => "a host name, *.example.com, .example.com, www.example.*, ~regex, _ or an empty text";

    public override bool TryReadWord(Word word, BindContext context, out ConfigText result)
    {
        result = new ConfigText(word.Text == MachineName ? Environment.MachineName : word.Text, context.At(word.Position));
        if (!word.Text.StartsWith('~'))
        {
            return ServerNameSyntax.Check(result.Value) is not { } error || context.Fail(word.Position, error);
        }

        var well = ConfigRegex.TryCreate(word.Text[1..], ignoreCase: true, out _, out var regexError, out var index);
        context.State.Patterns.Add(new PatternText("server_name", context.Text(word.Source, word.Index + 1, word.Text[1..]), IsBroken: !well));
        return well || context.Fail(word.From(Math.Min(index + 1, word.Text.Length)).Position, regexError!);
    }

    public override string WriteWord(ConfigText value) => value.Value;
}
