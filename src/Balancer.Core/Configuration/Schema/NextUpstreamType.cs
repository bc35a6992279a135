using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary><c>proxy_next_upstream</c>: several conditions, or <c>off</c> alone.</summary>
internal sealed class NextUpstreamType : ValueType<NextUpstreamConditions>
{
    private static readonly (string Word, NextUpstreamConditions Meaning)[] Conditions =
    [
        ("error", NextUpstreamConditions.Error), ("timeout", NextUpstreamConditions.Timeout), ("invalid_header", NextUpstreamConditions.InvalidHeader),
        ("http_500", NextUpstreamConditions.Http500), ("http_502", NextUpstreamConditions.Http502), ("http_503", NextUpstreamConditions.Http503),
        ("http_504", NextUpstreamConditions.Http504), ("http_403", NextUpstreamConditions.Http403), ("http_404", NextUpstreamConditions.Http404),
        ("http_429", NextUpstreamConditions.Http429), ("non_idempotent", NextUpstreamConditions.NonIdempotent), ("off", NextUpstreamConditions.None),
    ];

    private readonly ListType<NextUpstreamConditions> _list = new(new ChoiceType<NextUpstreamConditions>(Conditions), splits: true);

    public override string Name => "words";

    public override string Expected => _list.Expected;

    public override JsonObject Shape => _list.Shape;

    public override bool TryRead(TomlValue value, BindContext context, out NextUpstreamConditions result)
    {
        result = NextUpstreamConditions.None;
        if (!_list.TryRead(value, context, out var conditions))
        {
            return false;
        }

        foreach (var condition in conditions)
        {
            result |= condition;
        }

        return conditions.Count == 1 || !conditions.Contains(NextUpstreamConditions.None) || context.Fail(value.Position, "'off' cannot stand beside other conditions");
    }

    public override bool TryReadWord(Word word, BindContext context, out NextUpstreamConditions result)
    {
        result = NextUpstreamConditions.None;
        return context.FailExpected(word, Expected);
    }

    public override string Write(NextUpstreamConditions value)
    {
        var words = Conditions.Where(c => c.Meaning != NextUpstreamConditions.None && value.HasFlag(c.Meaning)).Select(static c => TomlFormat.Quote(c.Word));
        return value == NextUpstreamConditions.None ? "\"off\"" : $"[{string.Join(", ", words)}]";
    }
}
