namespace Balancer.Observability.Logging;

/// <summary>When lines are written (<c>access_log … buffer= flush=</c>).</summary>
/// <param name="Size">How many bytes may be gathered before they are written; 0 writes as soon as the writer is free.</param>
/// <param name="Flush">How long the first line may wait for that; unused without a buffer.</param>
internal readonly record struct LogBuffering(int Size, TimeSpan Flush);
