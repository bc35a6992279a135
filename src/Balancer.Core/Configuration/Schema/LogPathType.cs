using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>Where a log goes.</summary>
internal sealed class LogPathType : WordType<string>
{
    public static LogPathType Instance { get; } = new();

    public override string Name => "path";

    public override string Expected => "an absolute path, stdout or stderr";

    public override bool TryReadWord(Word word, BindContext context, out string result)
    {
        result = word.Text;
        if (result.StartsWith("syslog:", StringComparison.Ordinal))
        {
            return context.Fail(word.Position, "logging to syslog is not supported yet");
        }

        if (result.Contains('$', StringComparison.Ordinal))
        {
            return context.Fail(word.Position, "variables in the path of a log are not supported yet");
        }

        return result is "stdout" or "stderr" || (result.StartsWith('/') && !result.EndsWith('/') && FieldSyntax.IndexOfForbidden(result) < 0) || context.FailExpected(word, Expected);
    }

    public override string WriteWord(string value) => value;
}
