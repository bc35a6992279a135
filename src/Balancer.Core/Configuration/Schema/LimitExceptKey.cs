using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary><c>[server.location.limit_except]</c>: who may use all methods but some.</summary>
internal sealed class LimitExceptKey() : SectionKey<LocationConfig>("limit_except")
{
    private static readonly string[] s_methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "MKCOL", "COPY", "MOVE", "OPTIONS", "PROPFIND", "PROPPATCH", "LOCK", "UNLOCK", "PATCH"];

    public static ConfigLevel<LimitExceptConfig> Level { get; } = new("[server.location.limit_except]",
    [
        Key.Always<LimitExceptConfig, IReadOnlyList<string>>(
            "methods", new ListType<string>(new ChoiceTextType(s_methods), splits: true), static l => l.Methods, static (l, v) => l with { Methods = v }, null,
            "The methods that are left alone; `GET` stands for `HEAD` too. Several may stand in one string.", "[\"GET\"]", "nginx, the parameters of `limit_except`", required: true),
        .. AccessKeys.InLimitExcept.Select(static key => new LiftedKey<LimitExceptConfig, AccessConfig>(key, static l => l.Access, static (l, v) => l with { Access = v })),
    ]);

    public override string TypeName => "table";

    public override string Expected => "the table [server.location.limit_except]";

    public override JsonObject Shape => JsonShape.Table(Level);

    public override bool TryBind(ref LocationConfig target, TomlValue value, BindContext context)
    {
        if (value is not TomlTable table)
        {
            return context.FailExpected(value, Expected);
        }

        var well = Level.TryBind(new LimitExceptConfig { Location = context.At(table.Position) }, table, context, out var limit);
        target = target with { LimitExcept = limit };
        return well;
    }

    public override void WriteSections(LocationConfig source, TextWriter writer, string path)
    {
        if (source.LimitExcept is { } limit)
        {
            SectionWriter.Write(writer, $"[{PathIn(path)}]", Level, limit, PathIn(path));
        }
    }
}
