using System.Collections.Frozen;
using Balancer.Configuration.Values;

namespace Balancer.Http.Variables;

/// <summary>All variables by name. Names are nginx's and are compared ignoring case.</summary>
internal static class VariableTable
{
    private static readonly FrozenDictionary<string, VariableReader> Fixed =
        RequestVariables.All
            .Concat(ConnectionVariables.All)
            .Concat(TlsVariables.All)
            .Concat(ResponseVariables.All)
            .Concat(UpstreamVariables.All)
            .Concat(LimitVariables.All)
            .Concat(TraceVariables.All)
            .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Families of variables whose name goes on behind the prefix. Longest first where one prefix begins with another.</summary>
    private static readonly (string Prefix, Func<byte[], VariableReader> Make)[] Families =
    [
        ("http_", RequestVariables.Field),
        ("arg_", RequestVariables.Argument),
        ("cookie_", RequestVariables.Cookie),
        ("sent_http_", ResponseVariables.SentField),
        ("upstream_http_", UpstreamVariables.Field),
        ("upstream_cookie_", UpstreamVariables.Cookie),
    ];

    private static readonly string[] Later = ["ssl_"];

    /// <summary>The names without the families, for documentation and tests.</summary>
    public static IEnumerable<string> Names => Fixed.Keys.Concat(TimeVariables.Names);

    /// <summary>Whether the name is taken, so that no capture may have it.</summary>
    public static bool IsTaken(string name) =>
        Fixed.ContainsKey(name) || TimeVariables.Names.Contains(name, StringComparer.OrdinalIgnoreCase) || FindFamily(name) is not null;

    /// <summary>The reader of a variable, or null when there is none of that name.</summary>
    public static VariableReader? Find(string name, VariableScope scope)
    {
        if (name.Length == 1 && name[0] is >= '1' and <= '9')
        {
            return CaptureVariables.ByNumber(name[0] - '0');
        }

        return Fixed.GetValueOrDefault(name)
            ?? TimeVariables.Find(name, scope.Clock)
            ?? FindFamily(name)
            ?? (scope.FindDefined(name) is { } defined ? (VariableReader)defined.Read : null)
            ?? (scope.HasCapture(name) ? CaptureVariables.ByName(name) : null);
    }

    /// <summary>Whether the name belongs to a feature the daemon does not have yet.</summary>
    public static bool ComesLater(string name) => Later.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary><c>, did you mean '$x'?</c>, or nothing when no known name is near.</summary>
    public static string Hint(string name, VariableScope scope) =>
        NearestName.Find(name, Names.Order(StringComparer.Ordinal).Concat(scope.CaptureNames).Concat(scope.Defined.Select(static variable => variable.Name))) is { } nearest ? $", did you mean '${nearest}'?" : "";

    private static VariableReader? FindFamily(string name)
    {
        foreach (var (prefix, make) in Families)
        {
            if (name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return make(System.Text.Encoding.ASCII.GetBytes(name[prefix.Length..].ToLowerInvariant()));
            }
        }

        return null;
    }
}
