namespace Balancer.Access;

/// <summary>A request by which somebody might try to get past a <c>deny</c>.</summary>
/// <param name="Target">The request target, or the path of an HTTP/2 request.</param>
/// <param name="Status">What it is answered: 200 when it is passed on, 403 when it is denied, 400 when it is refused.</param>
/// <param name="Host">The Host field, or the authority.</param>
/// <param name="Seen">The target the upstream server must see; null for the very same.</param>
internal sealed record PathCase(string Target, int Status, string Host = "open.example", string? Seen = null)
{
    /// <summary>Whether the target is a path, which HTTP/2 can say too.</summary>
    public bool IsPath => Target.StartsWith('/');

    public override string ToString() => $"{Target} at {Host}";
}
