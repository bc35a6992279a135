namespace Balancer.Failover.Linux;

/// <summary>Numbers of linux/netlink.h, rtnetlink.h, if_link.h and if_addr.h.</summary>
internal static class NetlinkConstants
{
    public const int RouteProtocol = 0;

    public const ushort MessageError = 2;
    public const ushort MessageDone = 3;
    public const ushort NewLink = 16;
    public const ushort DeleteLink = 17;
    public const ushort GetLink = 18;
    public const ushort SetLink = 19;
    public const ushort NewAddress = 20;
    public const ushort DeleteAddress = 21;
    public const ushort GetAddress = 22;
    public const ushort NewRoute = 24;
    public const ushort DeleteRoute = 25;

    public const ushort FlagRequest = 1;
    public const ushort FlagAcknowledge = 4;
    public const ushort FlagInterrupted = 0x10;
    public const ushort FlagExclusive = 0x200;
    public const ushort FlagDump = 0x300;
    public const ushort FlagCreate = 0x400;

    public const uint GroupLink = 0x1;
    public const uint GroupIpv4Address = 0x10;
    public const uint GroupIpv6Address = 0x100;

    public const ushort LinkAddress = 1;
    public const ushort LinkName = 3;
    public const ushort LinkParent = 5;
    public const ushort LinkInformation = 18;
    public const ushort LinkFamilySpecific = 26;
    public const ushort LinkExtensions = 29;
    public const ushort LinkKind = 1;
    public const ushort LinkData = 2;
    public const ushort Ipv4Settings = 1;
    public const ushort Ipv6AddressGeneration = 8;
    public const byte Ipv6GenerateNone = 1;
    public const uint SkipStatistics = 8;
    public const ushort MacvlanMode = 1;
    public const uint MacvlanPrivate = 1;
    public const uint InterfaceUp = 0x1;
    public const uint InterfaceRunning = 0x40;

    public const ushort AddressAddress = 1;
    public const ushort AddressLocal = 2;
    public const ushort AddressLabel = 3;
    public const ushort AddressFlags = 8;
    public const ushort AddressProtocol = 11;
    public const uint AddressSecondary = 0x1;
    public const uint AddressNoDuplicateDetection = 0x2;
    public const uint AddressDuplicateFailed = 0x8;
    public const uint AddressTentative = 0x40;

    public const ushort RouteDestination = 1;
    public const ushort RouteOutputInterface = 4;
    public const ushort RouteGateway = 5;
    public const ushort RouteMetric = 6;
    public const ushort RoutePreferredSource = 7;
    public const ushort RouteTable = 15;
    public const byte ScopeUniverse = 0;
    public const byte ScopeLink = 253;
    public const byte ScopeNowhere = 255;
    public const byte RouteUnicast = 1;

    public const ushort AttributeTypeMask = 0x3FFF;
}
