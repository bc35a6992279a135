using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A key whose value is a member of <typeparamref name="T"/>.</summary>
/// <param name="name">The key.</param>
/// <param name="type">The syntax of its value.</param>
/// <param name="read">The member; without a value when it was not written.</param>
/// <param name="with">A copy of the record with the member set.</param>
internal sealed class ValueKey<T, TValue>(string name, ValueType<TValue> type, Func<T, (bool Has, TValue Value)> read, Func<T, TValue, T> with) : LevelKey<T>(name)
{
    public override string TypeName => type.Name;

    public override string Expected => type.Expected;

    public override JsonObject Shape => type.Shape;

    public override bool IsFlag => type is BooleanType;

    public override bool TryBind(ref T target, TomlValue value, BindContext context)
    {
        if (!type.TryRead(value, context, out var read))
        {
            return false;
        }

        target = with(target, read);
        return true;
    }

    public override bool TryBindWord(ref T target, Word word, BindContext context)
    {
        if (!type.TryReadWord(word, context, out var read))
        {
            return false;
        }

        target = with(target, read);
        return true;
    }

    public override string? Write(T source) => read(source) is (true, var value) ? type.Write(value) : null;

    public override string? WriteWord(T source) => read(source) is (true, var value) ? type.WriteWord(value) : null;
}
