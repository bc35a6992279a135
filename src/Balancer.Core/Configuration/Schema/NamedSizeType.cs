using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The <c>NAME:SIZE</c> of nginx's <c>zone=</c> parameter.</summary>
internal sealed class NamedSizeType(SizeType size) : WordType<(string Name, long Size)>
{
    public override string Name => "name and size";

    public override string Expected => "a name and a size, such as \"admin:10m\"";

    public override bool TryReadWord(Word word, BindContext context, out (string Name, long Size) result)
    {
        result = ("", 0);
        var colon = word.Text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !TableName.IsValid(word.Text[..colon]))
        {
            return context.FailExpected(word, Expected);
        }

        var well = size.TryReadWord(word.From(colon + 1), context, out var bytes);
        result = (word.Text[..colon], bytes);
        return well;
    }

    public override string WriteWord((string Name, long Size) value) => $"{value.Name}:{size.WriteWord(value.Size)}";
}
