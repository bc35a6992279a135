using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>A rate of requests.</summary>
internal sealed class RequestRateType : WordType<RequestRateConfig>
{
    public static RequestRateType Instance { get; } = new();

    public override string Name => "rate";

    public override string Expected => RequestRate.Expected;

    public override bool TryReadWord(Word word, BindContext context, out RequestRateConfig result) =>
        RequestRate.TryParse(word.Text, out result) || context.FailExpected(word, Expected);

    public override string WriteWord(RequestRateConfig value) => RequestRate.Format(value);
}
