using System.Security.Cryptography;

namespace Balancer.Tls;

/// <summary>Reads the files of certificates and keys. Each is read once by one instance, so that servers that share one see the same content.</summary>
internal sealed class TlsFiles
{
    private const int GreatestSize = 16 * 1024 * 1024;

    private readonly Dictionary<string, (byte[]? Content, byte[] Hash, string Fault)> _read = new(StringComparer.Ordinal);

    /// <summary>The content of a file.</summary>
    /// <param name="path">Its path; links are followed.</param>
    /// <param name="content">The content.</param>
    /// <param name="fault">Why it cannot be read, to be put after its name.</param>
    public bool TryRead(string path, out byte[] content, out string fault)
    {
        var entry = Read(path);
        content = entry.Content ?? [];
        fault = entry.Fault;
        return entry.Content is not null;
    }

    /// <summary>A number that is the same as long as the files, in this order, have the same contents.</summary>
    public byte[] Fingerprint(IEnumerable<string> paths)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in paths)
        {
            hash.AppendData(Read(path).Hash);
        }

        return hash.GetHashAndReset();
    }

    private (byte[]? Content, byte[] Hash, string Fault) Read(string path)
    {
        if (_read.TryGetValue(path, out var entry))
        {
            return entry;
        }

        try
        {
            var length = new FileInfo(path).Length;
            var content = length <= GreatestSize ? File.ReadAllBytes(path) : throw new IOException($"is larger than {GreatestSize} bytes");
            entry = (content, SHA256.HashData(content), "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            entry = (null, [], e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "does not exist",
                UnauthorizedAccessException => "may not be read, or is a folder",
                _ => $"cannot be read: {e.Message}",
            });
        }

        return _read[path] = entry;
    }
}
