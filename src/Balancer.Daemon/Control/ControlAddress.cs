using System.Net.Sockets;

namespace Balancer.Daemon.Control;

/// <summary>Where the control socket of a daemon is: beside its pid file, so that both sides find it from the configuration.</summary>
internal static class ControlAddress
{
    /// <summary><c>/run/balancer/balancerd.sock</c> for <c>/run/balancer/balancerd.pid</c>.</summary>
    public static string Beside(string pidFile) =>
        pidFile.EndsWith(".pid", StringComparison.Ordinal) ? Path.ChangeExtension(pidFile, ".sock") : pidFile + ".sock";

    /// <summary>The socket address of a path.</summary>
    /// <exception cref="ControlException">The path is longer than the system allows.</exception>
    public static UnixDomainSocketEndPoint ToEndPoint(string path)
    {
        try
        {
            return new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new ControlException($"the path of the control socket is too long: {path} (it stands beside the pid file)");
        }
    }
}
