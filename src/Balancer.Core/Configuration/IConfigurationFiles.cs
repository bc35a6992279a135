namespace Balancer.Configuration;

/// <summary>What a configuration is read from: files, and the environment it may refer to.</summary>
public interface IConfigurationFiles
{
    /// <summary>Reads a whole file.</summary>
    /// <exception cref="IOException">It does not exist or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    byte[] Read(string path);

    /// <summary>The names of the files and folders in a folder, in any order; none when it does not exist or may not be read.</summary>
    IReadOnlyList<string> List(string folder);

    /// <summary>The value of an environment variable; null when it is not set.</summary>
    string? Variable(string name);

    /// <summary>A text that is the same for all ways to write one path.</summary>
    string Identify(string path);
}
