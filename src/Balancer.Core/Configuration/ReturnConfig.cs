namespace Balancer.Configuration;

/// <summary><c>return = "301 https://$host$request_uri"</c>, <c>"200 text"</c>, <c>"404"</c> or a bare URL (302).</summary>
/// <param name="Status">100 to 999; 444 closes the connection without an answer.</param>
/// <param name="Text">The URL for 301, 302, 303, 307 and 308, the body otherwise; may hold variables; null has none.</param>
public sealed record ReturnConfig(int Status, ConfigText? Text);
