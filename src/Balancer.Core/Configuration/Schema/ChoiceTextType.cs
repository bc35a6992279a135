using System.Text.Json.Nodes;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>One of a few words, which stands for itself.</summary>
/// <param name="choices">The words.</param>
internal sealed class ChoiceTextType(params string[] choices) : WordType<string>
{
    public override string Name => "word";

    public override string Expected { get; } = string.Join(", ", choices[..^1]) + " or " + choices[^1];

    public override JsonObject Shape => JsonShape.Words(choices);

    public override bool TryReadWord(Word word, BindContext context, out string result)
    {
        result = word.Text;
        return choices.Contains(result) || context.Fail(word.Position, $"found {BindContext.Show(word.Text)}, expected {Expected}{NearestName.Hint(word.Text, choices)}");
    }

    public override string WriteWord(string value) => value;
}
