using System.Text.Json.Nodes;
using Balancer.Configuration.Toml;

namespace Balancer.Configuration.Schema;

/// <summary><c>[admin]</c>: the listener of metrics, probes and status.</summary>
internal sealed class AdminKey() : SectionKey<TopLevel>("admin")
{
    public static ConfigLevel<TopLevel> Level { get; } = new("[admin]",
    [
        Key.OptionalRef<TopLevel, ListenConfig>(
            "listen", ListenLevel.Type, static t => t.Config.AdminListen, static (t, v) => t with { Config = t.Config with { AdminListen = v } }, null,
            "The address, as in a server but without `default_server`, `ssl` and `proxy_protocol`. Keep it off public networks.", "\"127.0.0.1:9145\"", ""),
    ])
    {
        Complete = static (top, bound, context) =>
        {
            if (!bound.Saw("listen") && !context.HasSyntaxErrors)
            {
                context.Fail(bound.Start, $"'listen' is missing in [admin], expected {ListenLevel.Type.Expected}");
            }
            else if (top.Config.AdminListen is { } listen && (listen.DefaultServer || listen.ProxyProtocol || listen.Ssl))
            {
                context.Fail(bound.PositionOf("listen"), "'default_server', 'ssl' and 'proxy_protocol' cannot be used in [admin]");
            }

            return top;
        },
    };

    public override string TypeName => "table";

    public override string Expected => "[admin]";

    public override JsonObject Shape => JsonShape.Table(Level);

    public override bool TryBind(ref TopLevel target, TomlValue value, BindContext context) =>
        value is TomlTable table ? Level.TryBind(target, table, context, out target) : context.FailExpected(value, "the table [admin]");

    public override void WriteSections(TopLevel source, TextWriter writer, string path)
    {
        if (source.Config.AdminListen is not null)
        {
            SectionWriter.Write(writer, "[admin]", Level, source, Name);
        }
    }
}
