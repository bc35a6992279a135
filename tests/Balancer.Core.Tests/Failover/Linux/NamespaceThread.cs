using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Balancer.Failover.Linux;

/// <summary>Runs code on a thread that has entered a network namespace and ends in it. Sockets stay in the namespace of the thread that opened them.</summary>
internal static partial class NamespaceThread
{
    private const int NetworkNamespace = 0x40000000;

    /// <summary>Runs some code in a namespace and waits for its end.</summary>
    public static T Run<T>(string name, Func<T> code)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter(name);
                result = code();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    private static void Enter(string name)
    {
        using var file = File.OpenHandle($"/run/netns/{name}");
        if (SetNamespace(file, NetworkNamespace) != 0)
        {
            throw new InvalidOperationException($"setns {name}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle file, int type);
}
