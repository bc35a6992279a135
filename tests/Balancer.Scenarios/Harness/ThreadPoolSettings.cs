using System.Runtime.CompilerServices;

namespace Balancer.Harness;

internal static class ThreadPoolSettings
{
    /// <summary>
    /// Scenarios block threads of the pool here and there, as with programs they wait for and code they run in another namespace. The servers they play must
    /// answer all the same, and the pool adds threads to those it begins with only twice a second.
    /// </summary>
    [ModuleInitializer]
    internal static void Set() => ThreadPool.SetMinThreads(32, 32);
}
