using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A text of which only one is allowed, for a directive that is pasted often and can have but one value here.</summary>
internal sealed class FixedType(string only, string reason) : WordType<string>
{
    public override string Name => "text";

    public override string Expected => $"\"{only}\", {reason}";

    public override bool TryRead(TomlValue value, BindContext context, out string result) =>
        value is TomlFloat number && number.Value.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture) == only
            ? Accept(out result)
            : base.TryRead(value, context, out result);

    public override bool TryReadWord(Word word, BindContext context, out string result)
    {
        result = only;
        return word.Text == only || context.FailExpected(word, Expected);
    }

    public override string WriteWord(string value) => value;

    private bool Accept(out string result)
    {
        result = only;
        return true;
    }
}
