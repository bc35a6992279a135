using System.Text;
using Balancer.Http.Patterns;

namespace Balancer.Routing;

/// <summary>Gathers the virtual servers of one listen address in the order of the file.</summary>
/// <typeparam name="T">What is kept for a virtual server.</typeparam>
internal sealed class VirtualServerTableBuilder<T>
{
    private readonly Dictionary<byte[], T> _exact = new(ByteStringComparer.Instance);
    private readonly Dictionary<byte[], T> _starts = new(ByteStringComparer.Instance);
    private readonly Dictionary<byte[], T> _ends = new(ByteStringComparer.Instance);
    private readonly List<(BytePattern Pattern, T Payload)> _regexes = [];
    private bool _hasServer;
    private bool _hasDefault;
    private T _default = default!;

    /// <summary>Adds a virtual server, whose names follow.</summary>
    /// <param name="server">The virtual server.</param>
    /// <param name="isDefault">Whether it is <c>default_server</c>; without one the first added is.</param>
    /// <returns>False when there is a <c>default_server</c> already.</returns>
    public bool AddServer(T server, bool isDefault)
    {
        if (isDefault && _hasDefault)
        {
            return false;
        }

        if (isDefault || !_hasServer)
        {
            _default = server;
        }

        _hasServer = true;
        _hasDefault |= isDefault;
        return true;
    }

    /// <summary>Adds a name of a virtual server.</summary>
    /// <param name="name">Exact, <c>*.example.com</c>, <c>.example.com</c>, <c>www.example.*</c>, <c>~regex</c> or empty.</param>
    /// <param name="server">The virtual server.</param>
    /// <returns>Why the name is refused (malformed, or taken at this address, where nginx warns and ignores it); null when it was added.</returns>
    public string? AddName(string name, T server)
    {
        if (name.StartsWith('~'))
        {
            if (!BytePattern.TryCompile(name[1..], ignoreCase: true, out var pattern, out var error))
            {
                return error;
            }

            _regexes.Add((pattern!, server));
            return null;
        }

        if (!Ascii.IsValid(name))
        {
            return $"server name '{name}' is not ASCII: write it in its xn-- form";
        }

        var taken = $"server name '{name}' is already taken at this address";
        var domain = name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name.StartsWith('.') ? name[1..] : null;
        if (domain is not null)
        {
            var key = Key(domain);
            return IsNoDomain(domain) ? Malformed(name)
                : name[0] == '.' && !_exact.TryAdd(key, server) ? taken
                : _starts.TryAdd(key, server) ? null : taken;
        }

        if (name.EndsWith(".*", StringComparison.Ordinal))
        {
            return IsNoDomain(name[..^2]) ? Malformed(name) : _ends.TryAdd(Key(name[..^2]), server) ? null : taken;
        }

        return name.Length > 0 && IsNoDomain(name) ? Malformed(name) : _exact.TryAdd(Key(name), server) ? null : taken;
    }

    /// <summary>Compiles the table; at least one server was added.</summary>
    public VirtualServerTable<T> Build()
    {
        if (!_hasServer)
        {
            throw new InvalidOperationException("a listen address has at least one virtual server");
        }

        return new VirtualServerTable<T>(_default, _exact, _starts, _ends, [.. _regexes]);
    }

    private static bool IsNoDomain(string name) => name.Length == 0 || name.Contains('*') || name.Contains("..", StringComparison.Ordinal);

    private static string Malformed(string name) => $"server name '{name}' is malformed: an asterisk stands for whole labels, at the start or at the end";

    private static byte[] Key(string name) => Encoding.ASCII.GetBytes(name.ToLowerInvariant());
}
