using System.Net.Sockets;

namespace Balancer.Harness;

/// <summary>
/// Clients that send one request after the other, each on its kept connection, until nobody listens any more. Unlike wrk they tell a request that was lost
/// from a connection that could not be opened: a gateway that goes away may refuse connections, but must answer whatever it was sent.
/// </summary>
internal sealed class KeepaliveLoad
{
    private long _answered;

    /// <summary>Requests answered with 200 so far.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Runs until connections are refused.</summary>
    /// <returns>What became of every request that was not answered with 200; empty when all were.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(int port, int clients)
    {
        var failures = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(() => RunClientAsync(port))));
        return [.. failures.SelectMany(f => f)];
    }

    private async Task<List<string>> RunClientAsync(int port)
    {
        var failures = new List<string>();
        while (await TryConnectAsync(port) is { } client)
        {
            await using (client)
            {
                for (var i = 1; ; i++)
                {
                    try
                    {
                        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                        var response = await client.ReadResponseAsync();
                        if (response.Status != 200 || !response.Complete)
                        {
                            failures.Add($"request {i} of a connection: {response}");
                            break;
                        }

                        Interlocked.Increment(ref _answered);
                        if (response["Connection"] == "close")
                        {
                            break;
                        }
                    }
                    catch (Exception e) when (e is SocketException or EndOfStreamException or TimeoutException)
                    {
                        failures.Add($"request {i} of a connection: {e.Message}");
                        break;
                    }
                }
            }
        }

        return failures;
    }

    private static async Task<RawClient?> TryConnectAsync(int port)
    {
        try
        {
            return await RawClient.ConnectAsync(port);
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
