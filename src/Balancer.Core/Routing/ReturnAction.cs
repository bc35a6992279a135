using Balancer.Http.Variables;

namespace Balancer.Routing;

/// <summary><c>return</c>, compiled.</summary>
/// <param name="Status">The status; 444 closes the connection without an answer.</param>
/// <param name="Text">The URL of a redirect, else the body; null for the status' own page.</param>
/// <param name="ContentType">Content-Type of the body (<c>default_type</c>).</param>
internal sealed record ReturnAction(int Status, TextTemplate? Text, byte[] ContentType)
{
    /// <summary>204.</summary>
    public static ReturnAction NoContent { get; } = new(204, null, []);

    /// <summary>Whether it is an error without a text of its own, which an error page may answer.</summary>
    public bool IsBareError => Text is null && Status >= 400;

    /// <summary>Whether <see cref="Text"/> goes into Location.</summary>
    public bool IsRedirect => Status is 301 or 302 or 303 or 307 or 308;
}
