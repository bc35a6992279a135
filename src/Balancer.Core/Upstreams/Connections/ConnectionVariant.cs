namespace Balancer.Upstreams.Connections;

/// <summary>What connections to one server were agreed on by: those that differ in it must not be taken for one another.</summary>
/// <param name="Name">The name asked for and verified.</param>
/// <param name="Settings">The identity of all other settings of TLS.</param>
internal readonly record struct ConnectionVariant(string Name, string Settings);
