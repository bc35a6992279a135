using Balancer.Configuration;

namespace Balancer.Tls;

/// <summary>A folder of PEM files that is deleted at the end of a test.</summary>
internal sealed class CertificateFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("balancer-tls-");

    /// <summary>The path of a file.</summary>
    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Writes a file.</summary>
    public ConfigText Write(string name, string content)
    {
        File.WriteAllText(PathOf(name), content);
        return Text(name);
    }

    /// <summary>A file as a configuration names it.</summary>
    public ConfigText Text(string name) => new(PathOf(name), new SourceLocation("main.toml", 1, 1));

    /// <summary>Writes a certificate and its key.</summary>
    public void Write(string name, TestCertificate certificate)
    {
        Write($"{name}.pem", certificate.Pem);
        Write($"{name}.key", certificate.KeyPem);
    }

    /// <summary>Settings with these certificates, each of which is written to files of its name.</summary>
    public TlsConfig Config(params (string Name, TestCertificate Certificate)[] certificates)
    {
        foreach (var (name, certificate) in certificates)
        {
            Write(name, certificate);
        }

        return new TlsConfig
        {
            Certificates = [.. certificates.Select(c => Text($"{c.Name}.pem"))],
            CertificateKeys = [.. certificates.Select(c => Text($"{c.Name}.key"))],
        };
    }

    public void Dispose()
    {
        // A test and what it made may both own the folder.
        if (Directory.Exists(_folder.FullName))
        {
            Directory.Delete(_folder.FullName, recursive: true);
        }
    }
}
