using Balancer.TestSupport;

namespace Balancer.Access.Passwords;

public sealed class PasswordGateTests
{
    [Fact]
    public async Task So_many_wait_and_no_more()
    {
        var path = Path.GetTempFileName();

        // A cost of 2^10, tens of milliseconds each.
        await File.WriteAllTextAsync(path, "ada:$2y$10$abcdefghijklmnopqrstuuPWRtT5yx7FBi4dcf6ROhboeNunUrLQ.\n");
        var file = PasswordFile.Load(path, new LogCapture(), out _)!;
        using var gate = new PasswordGate(atOnce: 1, waiting: 2);

        var verdicts = Enumerable.Range(0, 6).Select(_ => gate.VerifyAsync(file, "ada"u8.ToArray(), "x"u8.ToArray()).AsTask()).ToArray();
        await Task.WhenAll(verdicts);

        Assert.Equal([false, false, false, null, null, null], verdicts.Select(v => v.Result));
        Assert.False(await gate.VerifyAsync(file, "ada"u8.ToArray(), "x"u8.ToArray()));
        File.Delete(path);
    }
}
