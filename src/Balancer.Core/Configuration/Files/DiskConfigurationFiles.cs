namespace Balancer.Configuration.Files;

/// <summary>Files of the disk, and the environment of the process.</summary>
internal sealed class DiskConfigurationFiles : IConfigurationFiles
{
    private const int GreatestSize = 64 * 1024 * 1024;

    public static DiskConfigurationFiles Instance { get; } = new();

    public byte[] Read(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException("it is a directory");
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        if (stream.CanSeek && stream.Length > GreatestSize)
        {
            throw TooLarge();
        }

        // Pipes and devices have no length; what they give is bounded all the same.
        using var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (var read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
        {
            content.Write(buffer, 0, read);
            if (content.Length > GreatestSize)
            {
                throw TooLarge();
            }
        }

        return content.ToArray();
    }

    public IReadOnlyList<string> List(string folder)
    {
        var options = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = 0, ReturnSpecialDirectories = false };
        return Directory.Exists(folder) ? [.. Directory.EnumerateFileSystemEntries(folder, "*", options).Select(static path => Path.GetFileName(path))] : [];
    }

    public string? Variable(string name) => Environment.GetEnvironmentVariable(name);

    public string Identify(string path) => Path.GetFullPath(path);

    private static IOException TooLarge() => new($"it is larger than {GreatestSize} bytes");
}
