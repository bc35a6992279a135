namespace Balancer.Tls;

/// <summary>One thing testssl.sh found.</summary>
/// <param name="Id">What was looked at.</param>
/// <param name="Severity">INFO, OK, LOW, MEDIUM, HIGH, CRITICAL, WARN or FATAL.</param>
/// <param name="Text">What it is like.</param>
internal sealed record TestSslFinding(string Id, string Severity, string Text);
