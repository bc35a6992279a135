using System.Text.Json;
using Balancer.Harness;

namespace Balancer.Tls;

/// <summary>Runs testssl.sh, a scanner of TLS servers.</summary>
internal static class TestSsl
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    /// <summary>Its name in PATH: Debian's package has it without the suffix.</summary>
    public static string Program => Tools.Find("testssl") is null ? "testssl.sh" : "testssl";

    /// <summary>Scans protocols, ciphers, forward secrecy, preferences, certificate, fields of responses and known vulnerabilities.</summary>
    /// <param name="port">A port of 127.0.0.1.</param>
    /// <param name="name">The name asked for.</param>
    /// <param name="authority">PEM file of the authority to trust.</param>
    public static async Task<TestSslFindings> ScanAsync(int port, string name, string authority)
    {
        using var directory = new TempDirectory();
        var json = directory.File("findings.json");
        var (_, output) = await ChildProcess.RunAsync(
            Tools.Get(Program),
            [
                "--ip", "127.0.0.1", "--nodns", "none", "--add-ca", authority, "--warnings", "off", "--color", "0", "--quiet",
                "-p", "-s", "-f", "-P", "-S", "-h", "-U", "--jsonfile", json, $"{name}:{port}",
            ],
            limit: Longest);
        using var findings = JsonDocument.Parse(File.Exists(json) ? await File.ReadAllTextAsync(json) : "[]");
        return new TestSslFindings(
            [.. findings.RootElement.EnumerateArray().Select(f => new TestSslFinding(Text(f, "id"), Text(f, "severity"), Text(f, "finding")))],
            output);
    }

    private static string Text(JsonElement finding, string name) => finding.GetProperty(name).GetString() ?? "";
}
