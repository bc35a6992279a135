namespace Balancer.Http.Http1;

/// <summary>A request that must be refused before it reaches an upstream server, and the connection closed after the answer.</summary>
/// <param name="Name">What is wrong with it; unique.</param>
/// <param name="Text">Its bytes, as Latin-1.</param>
/// <param name="Status">The status of the answer.</param>
/// <param name="Error">Why the parser refuses it.</param>
internal sealed record MalformedRequest(string Name, string Text, int Status, HeadError Error)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
