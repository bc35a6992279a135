namespace Balancer.Configuration;

/// <summary><c>large_client_header_buffers = "4 8k"</c>.</summary>
/// <param name="Number">How many buffers, 1 to 64.</param>
/// <param name="Size">Bytes of each, 512 to 64k.</param>
public sealed record HeaderBuffersConfig(int Number, int Size);
