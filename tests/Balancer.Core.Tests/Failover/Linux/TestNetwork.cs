using System.Runtime.CompilerServices;

namespace Balancer.Failover.Linux;

/// <summary>
/// Two hosts on one wire, as network namespaces of one test: A is 10.9.0.1, fd00:9::1 and fe80::1, B is 10.9.0.2, fd00:9::2 and fe80::2, each on
/// its eth0. Torn down with the test.
/// </summary>
internal sealed class TestNetwork : IDisposable
{
    private static readonly string Prefix = $"bal{Environment.ProcessId:x}";
    private static int s_count;

    public TestNetwork([CallerMemberName] string test = "")
    {
        var id = $"{Prefix}-{Interlocked.Increment(ref s_count)}";
        A = $"{id}a";
        B = $"{id}b";
        try
        {
            SetUp();
        }
        catch (Exception error)
        {
            Dispose();
            throw new InvalidOperationException($"The network of {test} cannot be made.", error);
        }
    }

    /// <summary>The name of the first namespace.</summary>
    public string A { get; }

    /// <summary>The name of the second namespace.</summary>
    public string B { get; }

    /// <summary>Runs ip(8) in A.</summary>
    public string InA(string arguments) => IpCommand.Run($"-n {A} {arguments}");

    /// <summary>Runs ip(8) in B.</summary>
    public string InB(string arguments) => IpCommand.Run($"-n {B} {arguments}");

    /// <summary>Runs code in A.</summary>
    public T InA<T>(Func<T> code) => NamespaceThread.Run(A, code);

    /// <summary>Runs code in B.</summary>
    public T InB<T>(Func<T> code) => NamespaceThread.Run(B, code);

    /// <summary>Opens the connection to A's kernel.</summary>
    public Netlink NetlinkOfA() => InA(() => Netlink.TryOpen(out var netlink, out var error) ? netlink : throw new InvalidOperationException(error));

    public void Dispose()
    {
        foreach (var name in (string[])[A, B])
        {
            if (File.Exists($"/run/netns/{name}"))
            {
                IpCommand.Run($"netns del {name}");
            }
        }
    }

    private void SetUp()
    {
        foreach (var name in (string[])[A, B])
        {
            IpCommand.Run($"netns add {name}");
            IpCommand.Run($"-n {name} link set lo up");
        }

        // Of ends with the same number the kernel takes the pair for hardware, and tells changes of its carrier once a second at most.
        InA($"link add eth0 index 11 address 02:00:00:00:00:01 type veth peer name eth0 index 12 address 02:00:00:00:00:02 netns {B}");
        foreach (var (name, host) in ((string, int)[])[(A, 1), (B, 2)])
        {
            // Link-local addresses of our own: the kernel's are looked into for a second before they can be used.
            IpCommand.Run($"-n {name} link set eth0 addrgenmode none");
            IpCommand.Run($"-n {name} link set eth0 up");
            IpCommand.Run($"-n {name} addr add 10.9.0.{host}/24 dev eth0");
            IpCommand.Run($"-n {name} addr add fe80::{host}/64 dev eth0 nodad");
            IpCommand.Run($"-n {name} addr add fd00:9::{host}/64 dev eth0 nodad");
        }
    }
}
