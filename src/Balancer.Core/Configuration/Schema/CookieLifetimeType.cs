using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>How long a cookie is kept: a time, or <c>max</c>.</summary>
internal sealed class CookieLifetimeType : WordType<TimeSpan>
{
    private const string Max = "max";

    public override string Name => "time";

    public override string Expected => "a time of at least 1s, such as \"1h\", or max";

    public override bool TryReadWord(Word word, BindContext context, out TimeSpan result)
    {
        if (word.Text == Max)
        {
            result = TimeSpan.MaxValue;
            return true;
        }

        return (Duration.TryParse(word.Text, out result) && result >= TimeSpan.FromSeconds(1)) || context.FailExpected(word, Expected);
    }

    public override string WriteWord(TimeSpan value) => value == TimeSpan.MaxValue ? Max : Duration.Format(value);
}
