using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A switch: a TOML boolean; in a phrase a bare name, or <c>name=on</c>.</summary>
internal sealed class BooleanType : ValueType<bool>
{
    public static BooleanType Instance { get; } = new();

    public override string Name => "boolean";

    public override string Expected => "true or false";

    public override JsonObject Shape => JsonShape.Boolean;

    public override bool TryRead(TomlValue value, BindContext context, out bool result)
    {
        if (value is TomlBoolean boolean)
        {
            result = boolean.Value;
            return true;
        }

        if (value is TomlString { Inserts.Count: > 0 } text)
        {
            return TryReadWord(Word.Whole(text), context, out result);
        }

        result = false;
        return Fail(value, context);
    }

    /// <summary>Reports a value that is no boolean; a word that means one is told how it is written.</summary>
    /// <returns>False.</returns>
    public static bool Fail(TomlValue value, BindContext context) => value switch
    {
        TomlString { Value: "on" or "true" or "yes" } text => context.Fail(value.Position, $"found '{text.Value}', expected true without quotes"),
        TomlString { Value: "off" or "false" or "no" } text => context.Fail(value.Position, $"found '{text.Value}', expected false without quotes"),
        _ => context.FailExpected(value, "true or false"),
    };

    public override bool TryReadWord(Word word, BindContext context, out bool result)
    {
        result = word.Text is "on" or "true";
        return result || word.Text is "off" or "false" || context.FailExpected(word, "on or off");
    }

    public override string Write(bool value) => value ? "true" : "false";

    public override string WriteWord(bool value) => value ? "on" : "off";
}
