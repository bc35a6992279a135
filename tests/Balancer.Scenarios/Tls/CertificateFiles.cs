using Balancer.Harness;

namespace Balancer.Tls;

/// <summary>An authority and certificates it signs, as PEM files of a scenario.</summary>
internal sealed class CertificateFiles : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly List<TestCertificate> _made = [];

    public CertificateFiles()
    {
        Authority = Keep(TestCertificate.Ecdsa("Scenario authority", DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1), isAuthority: true));
        Write("ca.pem", Authority.Pem);
    }

    /// <summary>The authority.</summary>
    public TestCertificate Authority { get; }

    /// <summary>Makes a certificate and writes <c>FILE.pem</c> and <c>FILE.key</c>.</summary>
    public TestCertificate Issue(string file, string name, DateTimeOffset? until = null)
    {
        var certificate = Keep(TestCertificate.Ecdsa(name, from: until?.AddDays(-30), until: until, issuer: Authority));
        Write(file, certificate);
        return certificate;
    }

    /// <summary>Writes <c>FILE.pem</c> and <c>FILE.key</c>.</summary>
    public void Write(string file, TestCertificate certificate)
    {
        Write($"{file}.pem", certificate.Pem);
        Write($"{file}.key", certificate.KeyPem);
    }

    /// <summary>Keeps a certificate until the end of the scenario.</summary>
    public TestCertificate Keep(TestCertificate certificate)
    {
        _made.Add(certificate);
        return certificate;
    }

    /// <summary>Writes a file.</summary>
    public string Write(string file, string text) => _directory.Write(file, text);

    /// <summary>The path of a file.</summary>
    public string PathOf(string file) => _directory.File(file);

    /// <summary>The two lines that name a certificate and its key.</summary>
    public string Lines(params string[] files) =>
        $"""
        ssl_certificate = [{string.Join(", ", files.Select(f => $"\"{PathOf(f + ".pem")}\""))}]
        ssl_certificate_key = [{string.Join(", ", files.Select(f => $"\"{PathOf(f + ".key")}\""))}]
        """;

    public void Dispose()
    {
        _made.ForEach(c => c.Dispose());
        _directory.Dispose();
    }
}
