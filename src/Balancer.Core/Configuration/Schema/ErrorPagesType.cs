using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary><c>error_page</c>: one line or several, no status in two of them.</summary>
internal sealed class ErrorPagesType : ValueType<IReadOnlyList<ErrorPageConfig>>
{
    private static readonly ListType<ErrorPageConfig> s_lines = new(ErrorPageType.Instance);

    public override string Name => s_lines.Name;

    public override string Expected => s_lines.Expected;

    public override JsonObject Shape => s_lines.Shape;

    public override bool TryRead(TomlValue value, BindContext context, out IReadOnlyList<ErrorPageConfig> result)
    {
        var well = s_lines.TryRead(value, context, out result);
        var seen = new HashSet<int>();
        foreach (var status in result.SelectMany(static page => page.Statuses))
        {
            // One that could not be read is 0 and has been reported.
            if (!seen.Add(status) && status != 0)
            {
                well = context.Fail(value.Position, $"the status {status} is given twice");
            }
        }

        return well;
    }

    public override bool TryReadWord(Word word, BindContext context, out IReadOnlyList<ErrorPageConfig> result) => s_lines.TryReadWord(word, context, out result);

    public override string Write(IReadOnlyList<ErrorPageConfig> value) => s_lines.Write(value);
}
