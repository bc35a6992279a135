using System.Text;
using Balancer.Configuration;

namespace Balancer.TestSupport;

/// <summary>Configuration files in memory, by path, and an environment of their own.</summary>
internal sealed class MemoryConfigurationFiles : IConfigurationFiles
{
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    /// <summary>Sets an environment variable.</summary>
    public MemoryConfigurationFiles Set(string name, string value)
    {
        _variables[name] = value;
        return this;
    }

    /// <summary>Adds a file.</summary>
    public MemoryConfigurationFiles Add(string path, string text) => Add(path, Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Add(string, string)"/>
    public MemoryConfigurationFiles Add(string path, byte[] content)
    {
        _files[Identify(path)] = content;
        return this;
    }

    public byte[] Read(string path) => _files.TryGetValue(Identify(path), out var content) ? content : throw new FileNotFoundException(path);

    public IReadOnlyList<string> List(string folder)
    {
        var prefix = Identify(folder).TrimEnd('/') + "/";
        return [.. _files.Keys.Where(path => path.StartsWith(prefix)).Select(path => path[prefix.Length..].Split('/')[0]).Distinct()];
    }

    public string? Variable(string name) => _variables.GetValueOrDefault(name);

    public string Identify(string path) => Path.GetFullPath(path, "/memory");
}
