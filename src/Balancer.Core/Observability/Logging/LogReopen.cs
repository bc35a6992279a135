using Balancer.Infrastructure;

namespace Balancer.Observability.Logging;

/// <summary>A change of destination that the writer has not made yet.</summary>
/// <param name="next">Where lines go from now on.</param>
internal sealed class LogReopen(ILogDestination next)
{
    /// <summary>Where lines go from now on.</summary>
    public ILogDestination Next { get; } = next;

    /// <summary>What still belongs into the old destination.</summary>
    public List<ByteBuffer> LinesBefore { get; } = [];

    /// <summary>Ends when the old destination is complete and closed.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
