namespace Balancer.Daemon.TestSupport;

/// <summary>A directory of its own for a test; short, since socket paths may have only 107 bytes.</summary>
internal sealed class TempDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bal-");

    public string Path => _directory.FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
