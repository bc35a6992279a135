using System.Text;
using Balancer.Configuration.Toml;

namespace Balancer.Configuration.Files;

/// <summary>Tells those who write nginx's own syntax, out of habit or by pasting it, how the same is written in TOML.</summary>
internal static class NginxHabit
{
    private static readonly string[] Repeated = ["server", "listen", "include", "server_name", "access_log", "add_header", "proxy_set_header", "proxy_hide_header", "set_real_ip_from"];

    /// <summary>What to add to a fault of the syntax; empty for those that have nothing to do with nginx.</summary>
    public static string Hint(TomlError error, ReadOnlySpan<byte> content)
    {
        if (Array.Find(Repeated, key => error.Message.StartsWith($"'{key}' is already defined", StringComparison.Ordinal)) is { } repeated)
        {
            return $"; write several as an array: {repeated} = [\"…\", \"…\"]";
        }

        return error.Message.Contains("expected '=' after the key", StringComparison.Ordinal) && Line(content, error.Position.Line) is [.., ';' or '{']
            ? "; this is a line in nginx's own syntax, see docs/configuration.md for the same in TOML"
            : "";
    }

    private static string Line(ReadOnlySpan<byte> content, int number)
    {
        for (; number > 1; number--)
        {
            content = content[(content.IndexOf((byte)'\n') + 1)..];
        }

        var end = content.IndexOf((byte)'\n');
        var line = Encoding.UTF8.GetString(end < 0 ? content : content[..end]);
        var comment = line.IndexOf('#', StringComparison.Ordinal);
        return (comment < 0 ? line : line[..comment]).Trim();
    }
}
