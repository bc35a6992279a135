namespace Balancer.Http.Http1;

/// <summary>A response head of an upstream server that must not be passed on: the client gets 502 and the connection is closed.</summary>
/// <param name="Name">What is wrong with it; unique.</param>
/// <param name="Text">Its bytes, as Latin-1.</param>
/// <param name="Error">Why the parser refuses it.</param>
internal sealed record MalformedResponse(string Name, string Text, HeadError Error)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
