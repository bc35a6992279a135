using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The path of a file of users, relative to the file of the configuration it stands in. It is read when the gateway is set up.</summary>
internal sealed class UserFileType : WordType<ConfigText>
{
    public override string Name => "path";

    public override string Expected => "the path of a file as htpasswd writes it";

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
            return context.Fail(word.Position, "variables in the path of a file of users are not supported: write one location for each file");
        }

        result = new ConfigText(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(context.File)) ?? "/", path)), result.Location);
        return true;
    }

    public override string WriteWord(ConfigText value) => value.Value;
}
