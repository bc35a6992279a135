using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A key of an inner record that may stand at a level whose record holds the inner one, such as a setting in a server.</summary>
internal sealed class LiftedKey<TOuter, TInner> : LevelKey<TOuter>
{
    private readonly LevelKey<TInner> _inner;
    private readonly Func<TOuter, TInner> _get;
    private readonly Func<TOuter, TInner, TOuter> _with;

    public LiftedKey(LevelKey<TInner> inner, Func<TOuter, TInner> get, Func<TOuter, TInner, TOuter> with)
        : base(inner.Name)
    {
        _inner = inner;
        _get = get;
        _with = with;
        Summary = inner.Summary;
        Default = inner.Default;
        Example = inner.Example;
        Origin = inner.Origin;
        IsOptional = inner.IsOptional;
    }

    public override string TypeName => _inner.TypeName;

    public override string Expected => _inner.Expected;

    public override JsonObject Shape => _inner.Shape;

    public override bool IsFlag => _inner.IsFlag;

    public override bool TryBind(ref TOuter target, TomlValue value, BindContext context)
    {
        var inner = _get(target);
        if (!_inner.TryBind(ref inner, value, context))
        {
            return false;
        }

        target = _with(target, inner);
        return true;
    }

    public override bool TryBindWord(ref TOuter target, Word word, BindContext context)
    {
        var inner = _get(target);
        if (!_inner.TryBindWord(ref inner, word, context))
        {
            return false;
        }

        target = _with(target, inner);
        return true;
    }

    public override string? Write(TOuter source) => _inner.Write(_get(source));

    public override string? WriteWord(TOuter source) => _inner.WriteWord(_get(source));
}
