using System.Text.Json.Nodes;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>One of a few words.</summary>
/// <param name="choices">The words and their meanings; of several words with one meaning the first is written.</param>
internal sealed class ChoiceType<T>(params (string Word, T Meaning)[] choices) : WordType<T>
    where T : struct
{
    private readonly string[] _words = [.. choices.Select(static c => c.Word)];

    public override string Name => "word";

    public override string Expected { get; } = string.Join(", ", choices[..^1].Select(static c => c.Word)) + " or " + choices[^1].Word;

    public override JsonObject Shape => JsonShape.Words(_words);

    public override bool TryReadWord(Word word, BindContext context, out T result)
    {
        foreach (var (text, meaning) in choices)
        {
            if (text == word.Text)
            {
                result = meaning;
                return true;
            }
        }

        result = default;
        return context.Fail(word.Position, $"found {BindContext.Show(word.Text)}, expected {Expected}{NearestName.Hint(word.Text, _words)}");
    }

    public override string WriteWord(T value)
    {
        foreach (var (text, meaning) in choices)
        {
            if (EqualityComparer<T>.Default.Equals(meaning, value))
            {
                return text;
            }
        }

        return "";
    }
}
