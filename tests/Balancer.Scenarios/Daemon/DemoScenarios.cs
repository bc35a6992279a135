using Balancer.Harness;

namespace Balancer.Daemon;

/// <summary><c>balancerd demo</c>, in a network of its own since its ports are fixed.</summary>
public sealed class DemoScenarios
{
    [RequiresNetworkNamespace]
    public async Task Three_upstream_servers_answer_in_turn_until_it_is_interrupted()
    {
        var (code, output) = await RunAsync("""
            $BALANCERD demo &
            until curl -sf http://127.0.0.1:9145/health/ready >/dev/null; do kill -0 $! || exit 9; sleep 0.1; done
            for i in 1 2 3 4 5 6; do curl -s http://127.0.0.1:8080/hello; done
            kill -INT $!
            wait $!
            """);

        Assert.Equal(0, code);
        var answers = output.Split('\n').Where(line => line.StartsWith("Upstream server", StringComparison.Ordinal)).ToArray();
        Assert.Equal(6, answers.Length);
        Assert.Equal(3, answers.Distinct().Count());
        Assert.Equal(answers[..3], answers[3..]);
        Assert.Contains("curl http://127.0.0.1:8080/", output, StringComparison.Ordinal);
    }

    [RequiresNetworkNamespace]
    public async Task Port_that_is_taken_is_named_in_one_line()
    {
        var (code, output) = await RunAsync("""
            $BALANCERD demo >/dev/null &
            until curl -sf http://127.0.0.1:9145/health/ready >/dev/null; do kill -0 $! || exit 9; sleep 0.1; done
            $BALANCERD demo
            code=$?
            exec 2>/dev/null # not what the shell says of its jobs
            kill -INT $!
            wait $!
            exit $code
            """);

        Assert.Equal(1, code);
        Assert.Contains("127.0.0.1:8080", Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> RunAsync(string script)
    {
        var (program, arguments) = GatewayProcess.Command;
        var command = string.Join(' ', arguments.Prepend(program));

        // With job control the shell does not make its background jobs deaf to SIGINT.
        return await ChildProcess.RunAsync(
            "unshare", ["-rn", "bash", "-c", $"set -m\nip link set lo up\nBALANCERD='timeout --foreground -k 5 50 {command}'\n{script}"], limit: TimeSpan.FromSeconds(60));
    }
}
