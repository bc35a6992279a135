using System.Text.RegularExpressions;

namespace Balancer.Tls;

/// <summary>What testssl.sh found on a server.</summary>
/// <param name="All">The findings.</param>
/// <param name="Output">What it printed.</param>
internal sealed partial record TestSslFindings(IReadOnlyList<TestSslFinding> All, string Output)
{
    /// <summary>Days HSTS must last for A+ (SSL Labs' rating guide).</summary>
    private const int LeastHstsDays = 180;

    /// <summary>The text of a finding; empty when that was not looked at.</summary>
    public string this[string id] => All.FirstOrDefault(f => f.Id == id)?.Text ?? "";

    /// <summary>Whether a finding says that all is well.</summary>
    public bool IsOk(string id) => All.Any(f => f.Id == id && f.Severity == "OK");

    /// <summary>
    /// The grade by SSL Labs' rating guide: what testssl.sh 3.2 and newer says; from the findings of an older one A+, A or the reason why it is neither.
    /// </summary>
    public string Grade => this["overall_grade"] is { Length: > 0 } grade ? grade : Rate();

    private string Rate()
    {
        string[] caps =
        [
            .. Unless(IsOk("cert_trust") && IsOk("cert_chain_of_trust"), "not trusted"),
            .. ((string[])["SSLv2", "SSLv3", "TLS1", "TLS1_1"]).SelectMany(p => Unless(this[p] == "not offered", p)),
            .. Unless(IsOk("TLS1_2"), "no TLS 1.2"),
            .. Unless(IsOk("TLS1_3"), "no TLS 1.3"),
            .. ((string[])["NULL", "aNULL", "EXPORT", "LOW", "3DES_IDEA", "AVERAGE"]).SelectMany(c => Unless(this["cipherlist_" + c] == "not offered", $"{c} ciphers")),
            .. Unless(IsOk("cipherlist_STRONG"), "no AEAD"),
            .. Unless(IsOk("PFS") || IsOk("FS"), "no forward secrecy"),
            .. Unless(IsOk("secure_renego"), "no secure renegotiation"),
        ];
        if (caps.Length > 0)
        {
            return $"capped: {string.Join(", ", caps)}";
        }

        // Protocols count 30 %, keys 30 %, ciphers 40 %.
        const int Protocols = 100;
        var ciphers = (this["PFS_ciphers"] + this["FS_ciphers"]).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Strength).ToArray();
        var score = (0.3 * Protocols) + (0.3 * KeyScore()) + (0.4 * (ciphers.Min() + ciphers.Max()) / 2);
        var hsts = HstsDays().Match(this["HSTS_time"]);
        return score < 80 ? $"{score}" : hsts.Success && int.Parse(hsts.Groups[1].Value) >= LeastHstsDays ? "A+" : "A";
    }

    private int KeyScore()
    {
        var match = KeySize().Match(this["cert_keySize"]);
        var size = int.Parse(match.Groups[2].Value);

        // An elliptic curve of 256 bits is worth an RSA key of 3072.
        var bits = match.Groups[1].Value == "EC" ? size * 12 : size;
        return bits >= 4096 ? 100 : bits >= 2048 ? 90 : bits >= 1024 ? 80 : 40;
    }

    private static int Strength(string cipher) => cipher.Contains("256", StringComparison.Ordinal) && !cipher.Contains("128", StringComparison.Ordinal) || cipher.Contains("CHACHA20", StringComparison.Ordinal) ? 100 : 80;

    private static string[] Unless(bool holds, string reason) => holds ? [] : [reason];

    [GeneratedRegex(@"^(EC|RSA) (\d+) bits")]
    private static partial Regex KeySize();

    [GeneratedRegex(@"^(\d+) days")]
    private static partial Regex HstsDays();
}
