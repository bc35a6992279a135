namespace Balancer.Daemon.Processes;

public class PidPathTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("/run/balancer", "/run/balancer/balancerd.pid")]
    [InlineData("/run/balancer:/run/other", "/run/balancer/balancerd.pid")]
    public void Unit_gives_its_first_runtime_directory(string? directories, string? expected) => Assert.Equal(expected, PidPath.OfUnit(directories));
}
