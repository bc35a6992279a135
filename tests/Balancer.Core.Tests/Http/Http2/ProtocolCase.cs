using Balancer.TestSupport.Http2;

namespace Balancer.Http.Http2;

/// <summary>What a client sends behind the greetings, and what has to come of it.</summary>
/// <param name="Section">Where the RFC says so: 9113 unless a number is given.</param>
/// <param name="Name">What is sent.</param>
/// <param name="Bytes">The bytes.</param>
/// <param name="Outcome">What the client gets.</param>
internal sealed record ProtocolCase(string Section, string Name, byte[] Bytes, ProtocolOutcome Outcome)
{
    /// <summary>Whether the greetings are part of <see cref="Bytes"/>.</summary>
    public bool IsFromStart { get; init; }

    /// <summary>How many requests may reach the upstream servers.</summary>
    public int Passed { get; init; }

    /// <summary>Sent when the response of stream 1 has ended.</summary>
    public byte[] Later { get; init; } = [];

    public override string ToString() => $"{Section} {Name}";
}
