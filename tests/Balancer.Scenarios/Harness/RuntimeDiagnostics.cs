using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Balancer.Harness;

/// <summary>Speaks with the .NET runtime of a process by its diagnostics port (dotnet/diagnostics, documentation/design-docs/ipc-protocol.md).</summary>
internal static class RuntimeDiagnostics
{
    private const int HeaderLength = 20;
    private const byte EventPipe = 2;
    private const byte StopTracing = 1;
    private const byte CollectTracing2 = 3;
    private const byte Server = 0xff;
    private const byte Ok = 0;
    private const uint NetTrace = 1;
    private const uint Informational = 4;

    /// <summary>The place of the start time in <c>/proc/PID/stat</c>, counted from behind the name (proc(5), field 22).</summary>
    private const int StartTimeAfterName = 19;

    /// <summary>A session with this keyword of the runtime's provider begins with a full, blocking garbage collection.</summary>
    private const ulong GcHeapCollect = 0x80_0000;

    /// <summary>Has the process collect all garbage, with all its threads at a stand.</summary>
    /// <param name="process">Its id; of this user, with the same directory for temporary files.</param>
    public static async Task CollectGarbageAsync(int process)
    {
        using var session = await ConnectAsync(process);
        var id = await AskAsync(session, CollectTracing2, CollectPayload());

        // The events are of no interest, but must be taken: the session ends when they are.
        var drained = session.CopyToAsync(Stream.Null);
        using var control = await ConnectAsync(process);
        await AskAsync(control, StopTracing, id);
        await Deadline.WaitAsync(drained, () => "the runtime ends its session");
    }

    private static async Task<NetworkStream> ConnectAsync(int process)
    {
        // A killed process leaves its socket behind, and its id may be given again: when it started tells the two apart.
        var status = await File.ReadAllTextAsync($"/proc/{process}/stat");
        var started = status[(status.LastIndexOf(')') + 2)..].Split(' ')[StartTimeAfterName];
        var path = Path.Combine(Path.GetTempPath(), $"dotnet-diagnostic-{process}-{started}-socket");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task<byte[]> AskAsync(NetworkStream stream, byte command, byte[] payload)
    {
        await stream.WriteAsync((byte[])[.. "DOTNET_IPC_V1\0"u8, .. BitConverter.GetBytes((ushort)(HeaderLength + payload.Length)), EventPipe, command, 0, 0, .. payload]);
        var header = new byte[HeaderLength];
        await Deadline.WaitAsync(stream.ReadExactlyAsync(header).AsTask(), () => "the runtime answers");
        var answer = new byte[BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(14)) - HeaderLength];
        await stream.ReadExactlyAsync(answer);
        return header is [.., Server, Ok, _, _] ? answer : throw new InvalidOperationException($"The runtime refuses command {command}: {Convert.ToHexString(answer)}");
    }

    private static byte[] CollectPayload()
    {
        const string Provider = "Microsoft-Windows-DotNETRuntime\0";
        const uint BufferMegabytes = 16;
        const byte WithoutRundown = 0;
        return
        [
            .. BitConverter.GetBytes(BufferMegabytes), .. BitConverter.GetBytes(NetTrace), WithoutRundown,
            .. BitConverter.GetBytes(1u), .. BitConverter.GetBytes(GcHeapCollect), .. BitConverter.GetBytes(Informational),
            .. BitConverter.GetBytes((uint)Provider.Length), .. Encoding.Unicode.GetBytes(Provider), .. BitConverter.GetBytes(0u),
        ];
    }
}
