using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The path of a PEM file, relative to the file of the configuration it stands in. It is read when TLS is set up.</summary>
internal sealed class PemFileType : WordType<ConfigText>
{
    public static PemFileType Instance { get; } = new();

    public override string Name => "path";

    public override string Expected => "the path of a PEM file";

    public override bool TryReadWord(Word word, BindContext context, out ConfigText result)
    {
        var path = word.Text;
        result = new ConfigText(path, context.At(word.Position));
        if (path.Length == 0 || path.EndsWith('/') || FieldSyntax.IndexOfForbidden(path) >= 0)
        {
            return context.FailExpected(word, Expected);
        }

        if (path.Contains('$', StringComparison.Ordinal))
        {
            return context.Fail(word.Position, "variables in the path of a certificate are not supported yet");
        }

        foreach (var scheme in (ReadOnlySpan<string>)["data:", "engine:", "store:"])
        {
            if (path.StartsWith(scheme, StringComparison.Ordinal))
            {
                return context.Fail(word.Position, $"'{scheme}' is not supported yet, expected {Expected}");
            }
        }

        result = new ConfigText(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(context.File)) ?? "/", path)), result.Location);
        return true;
    }

    public override string WriteWord(ConfigText value) => value.Value;
}
