using System.Buffers.Binary;
using System.Reflection.Emit;

namespace Balancer.Architecture;

/// <summary>Reads the metadata tokens out of the body of a method (ECMA-335, partition III).</summary>
internal static class IlTokens
{
    private static readonly Dictionary<int, OpCode> OpCodesByValue = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value & 0xFFFF);

    /// <summary>The tokens of types, fields and methods that the instructions name.</summary>
    public static IEnumerable<int> Of(byte[] il)
    {
        for (var at = 0; at < il.Length;)
        {
            int value = il[at++];
            if (value == 0xFE)
            {
                value = (value << 8) | il[at++];
            }

            var operand = OpCodesByValue[value].OperandType;
            if (operand is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineType or OperandType.InlineTok)
            {
                yield return BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at));
            }

            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at))),
                _ => 4,
            };
        }
    }
}
