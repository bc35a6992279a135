using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Balancer.Transport;

/// <summary>
/// Has the kernel drop new connection attempts on a listening socket, so that those already accepted by the kernel can be
/// taken out of the backlog before the socket is closed. Closing it at once would reset them.
/// </summary>
/// <remarks>
/// A classic BPF program of one instruction, "return 0", on the listening socket (socket(7), SO_ATTACH_FILTER). A client
/// whose SYN is dropped sends it again a second later, and then finds the other gateway or the closed port.
/// </remarks>
internal static unsafe class SynFilter
{
    private const int SolSocket = 1;
    private const int SoAttachFilter = 26;
    private const ushort BpfReturnConstant = 0x06;

    /// <summary>Attaches the filter.</summary>
    /// <returns>False when the socket is not TCP or the system keeps filters for the privileged.</returns>
    public static bool TryAttach(Socket listener)
    {
        if (listener.AddressFamily == AddressFamily.Unix)
        {
            return false;
        }

        var instruction = new Instruction { Code = BpfReturnConstant };
        var program = new Program { Length = 1, Instructions = &instruction };
        try
        {
            listener.SetRawSocketOption(SolSocket, SoAttachFilter, new ReadOnlySpan<byte>(&program, sizeof(Program)));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            return false;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Instruction
    {
        public ushort Code;
        public byte JumpTrue;
        public byte JumpFalse;
        public uint Constant;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public ushort Length;
        public Instruction* Instructions;
    }
}
