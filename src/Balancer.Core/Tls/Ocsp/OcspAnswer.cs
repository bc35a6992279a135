namespace Balancer.Tls.Ocsp;

/// <summary>A response that says a certificate is good.</summary>
/// <param name="Response">What clients are sent (DER).</param>
/// <param name="ValidUntil">Until when it may be sent.</param>
internal sealed record OcspAnswer(byte[] Response, DateTimeOffset ValidUntil);
