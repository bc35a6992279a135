using System.Net;
using Balancer.Configuration;
using Balancer.Daemon.CommandLine;
using Balancer.Daemon.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Balancer.Daemon.Demo;

/// <summary><c>balancerd demo</c>: three small upstream servers inside the process and a gateway before them.</summary>
/// <param name="output">Where the invitation goes.</param>
/// <param name="error">Where the reasons go when it cannot start.</param>
internal sealed class DemoCommand(TextWriter output, TextWriter error)
{
    private static readonly string[] Names = ["one", "two", "three"];

    /// <summary>Runs until a signal ends it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        var upstreams = new List<DemoUpstream>();
        try
        {
            foreach (var name in Names)
            {
                upstreams.Add(await DemoUpstream.StartAsync(name, NullLoggerFactory.Instance));
            }

            var config = DemoConfiguration.Build([.. upstreams.Select(static upstream => upstream.Address)]);
            return await new RunCommand(error).RunAsync(() => new ConfigurationResult(config, []), Invite);
        }
        finally
        {
            foreach (var upstream in upstreams)
            {
                await upstream.DisposeAsync();
            }
        }
    }

    private void Invite(RunningGateway gateway)
    {
        output.WriteLine($"""

            Try:    curl http://{DemoConfiguration.Gateway}/
            again:  three upstream servers answer in turn
            also:   curl {gateway.AdminAddress}/status
            Ctrl-C ends the demo.

            """);
    }
}
