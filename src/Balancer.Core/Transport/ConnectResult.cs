using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Balancer.Transport;

/// <summary>What became of an attempt to connect.</summary>
/// <param name="Connection">The connection; null when it failed.</param>
/// <param name="Error">Why it failed; <see cref="SocketError.Success"/> with a connection.</param>
internal readonly record struct ConnectResult(ConnectionContext? Connection, SocketError Error);
