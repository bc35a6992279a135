namespace Balancer.Http.Http1;

/// <summary>A chunked body that must be refused: 400 for a request, an aborted response from upstream.</summary>
/// <param name="Name">What is wrong with it; unique.</param>
/// <param name="Text">Its bytes, as Latin-1.</param>
/// <param name="Error">Why the decoder refuses it.</param>
internal sealed record MalformedChunkedBody(string Name, string Text, ChunkedError Error)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
