using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Balancer.Failover.Linux;

/// <summary>Hears from the kernel what happens to interfaces and addresses. For one thread.</summary>
internal sealed class LinkMonitor : IDisposable
{
    private const int ReceiveBuffer = 1024 * 1024;
    private const uint Groups = NetlinkConstants.GroupLink | NetlinkConstants.GroupIpv4Address | NetlinkConstants.GroupIpv6Address;

    // Of one call to Read: a machine on which everything changes all the time must not keep the heartbeat waiting.
    private const int MostReceives = 64;

    private readonly NetlinkSocket _socket;

    // What the kernel is asked to list at the moment; 0 for nothing.
    private ushort _listing;
    private bool _listAgain;

    private LinkMonitor(NetlinkSocket socket) => _socket = socket;

    /// <summary>The descriptor, to be polled for reading.</summary>
    public int Handle => _socket.Handle;

    /// <summary>What there is, as far as it was read; it is brought up to date before an event is told.</summary>
    public LinkTable Links { get; } = new();

    /// <summary>Whether <see cref="Links"/> has everything: from the first <see cref="Read"/> on, but for the time after events were lost.</summary>
    public bool IsComplete => _listing == 0 && !_listAgain;

    /// <summary>Starts to listen. The first <see cref="Read"/> tells of all interfaces and addresses there are.</summary>
    /// <param name="monitor">The monitor, or null when there is an error.</param>
    /// <param name="error">The call that failed and why.</param>
    public static bool TryOpen([NotNullWhen(true)] out LinkMonitor? monitor, [NotNullWhen(false)] out string? error)
    {
        monitor = null;
        if (!NetlinkSocket.TryOpen(Groups, out var socket, out error))
        {
            return false;
        }

        socket.EnlargeReceiveBuffer(ReceiveBuffer);
        monitor = new LinkMonitor(socket);
        monitor.AskForAll();
        return true;
    }

    /// <summary>Tells of what has happened since the last call. When very much has, a part of it: then the descriptor is still readable.</summary>
    public void Read(ILinkEvents events)
    {
        for (var i = 0; i < MostReceives; i++)
        {
            var error = _socket.Receive(out var received);
            if (error == Errno.NoBuffers)
            {
                events.OnLost();
                AskForAll();
            }
            else if (error != Errno.None)
            {
                break;
            }

            while (NetlinkMessage.TryRead(ref received, out var message))
            {
                Tell(events, message);
            }
        }

        if (_listAgain && _listing == 0)
        {
            AskForAll();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Tell(ILinkEvents events, NetlinkMessage message)
    {
        _listAgain |= (message.Flags & NetlinkConstants.FlagInterrupted) != 0;
        switch (message.Type)
        {
            // Bridges tell of their ports by messages of a family of their own, whose flags do not count.
            case NetlinkConstants.NewLink or NetlinkConstants.DeleteLink when MemoryMarshal.TryRead<LinkMessage>(message.Payload, out var header) && header.Family == 0:
                TellLink(events, message, header);
                break;
            case NetlinkConstants.NewAddress when InterfaceAddress.TryRead(message.Payload, out var address):
                Links.Set(address);
                events.OnAddressAdded(address);
                break;
            case NetlinkConstants.DeleteAddress when InterfaceAddress.TryRead(message.Payload, out var address):
                Links.Remove(address);
                events.OnAddressRemoved(address);
                break;
            case NetlinkConstants.MessageDone or NetlinkConstants.MessageError when _listing != 0:
                EndList(events, complete: message.Type == NetlinkConstants.MessageDone && message.Error == Errno.None);
                break;
        }
    }

    private void TellLink(ILinkEvents events, NetlinkMessage message, LinkMessage header)
    {
        if (message.Type == NetlinkConstants.DeleteLink)
        {
            Links.Remove(header.Index);
        }
        else if (LinkInfo.Read(message.Payload) is { } link)
        {
            Links.Set(link);
        }

        events.OnLink(header.Index, message.Type == NetlinkConstants.NewLink && header.IsUpAndRunning);
    }

    /// <summary>Asks for the list of interfaces, and then for that of addresses: the kernel makes one list at a time for a socket.</summary>
    private void AskForAll()
    {
        _listAgain = _listing != 0;
        if (!_listAgain)
        {
            Links.BeginList();
            Ask(NetlinkConstants.GetLink, default(LinkMessage));
        }
    }

    private void EndList(ILinkEvents events, bool complete)
    {
        var links = _listing == NetlinkConstants.GetLink;
        _listing = 0;
        if (!complete)
        {
            _listAgain = true;
        }
        else if (links && !_listAgain)
        {
            Ask(NetlinkConstants.GetAddress, default(AddressMessage));
        }
        else if (!_listAgain)
        {
            Links.EndList(events);
        }
    }

    private void Ask<T>(ushort type, T header)
        where T : unmanaged
    {
        var request = _socket.Begin(type, NetlinkConstants.FlagDump);
        request.Append(header);
        if (_socket.Send(request.Finish()) == Errno.None)
        {
            _listing = type;
        }
        else
        {
            _listAgain = true;
        }
    }
}
