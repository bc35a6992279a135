using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary><c>otel_trace</c>: a switch, or a text whose variables decide.</summary>
internal sealed class TraceSwitchType : ValueType<ConfigText>
{
    public override string Name => "boolean or text with variables";

    public override string Expected => "true, false, or a text with variables that comes out as on or off";

    public override JsonObject Shape => JsonShape.AnyOf(JsonShape.Switch, JsonShape.Text);

    public override bool TryRead(TomlValue value, BindContext context, out ConfigText result)
    {
        if (value is TomlBoolean boolean)
        {
            result = new ConfigText(boolean.Value ? "on" : "off", context.At(value.Position));
            return true;
        }

        if (value is TomlString text)
        {
            return TryReadWord(Word.Whole(text), context, out result);
        }

        result = new ConfigText("off", context.At(value.Position));
        return context.FailExpected(value, Expected);
    }

    public override bool TryReadWord(Word word, BindContext context, out ConfigText result)
    {
        TemplateType.Any.TryReadWord(word, context, out result);
        return word.Text is "on" or "off" || word.Text.Contains('$', StringComparison.Ordinal) || context.FailExpected(word, Expected);
    }

    public override string Write(ConfigText value) => value.Written switch
    {
        "on" => "true",
        "off" => "false",
        var text => TomlFormat.Quote(text),
    };

    public override string WriteWord(ConfigText value) => value.Written;
}
