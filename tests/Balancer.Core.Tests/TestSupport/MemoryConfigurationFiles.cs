using System.Text;
using Balancer.Configuration;

namespace Balancer.TestSupport;

/// <summary>Configuration files in memory, by path.</summary>
internal sealed class MemoryConfigurationFiles : IConfigurationFiles
{
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <summary>Adds a file.</summary>
    public MemoryConfigurationFiles Add(string path, string text)
    {
        _files[Identify(path)] = Encoding.UTF8.GetBytes(text);
        return this;
    }

    public byte[] Read(string path) => _files.TryGetValue(Identify(path), out var content) ? content : throw new FileNotFoundException(path);

    public IReadOnlyList<string> List(string folder)
    {
        var prefix = Identify(folder).TrimEnd('/') + "/";
        return [.. _files.Keys.Where(path => path.StartsWith(prefix)).Select(path => path[prefix.Length..].Split('/')[0]).Distinct()];
    }

    public string Identify(string path) => Path.GetFullPath(path, "/memory");
}
