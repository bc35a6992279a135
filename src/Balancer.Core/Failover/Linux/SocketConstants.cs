namespace Balancer.Failover.Linux;

/// <summary>Numbers of the socket interface, the same on all processors .NET runs on.</summary>
internal static class SocketConstants
{
    public const int FamilyIpv4 = 2;
    public const int FamilyIpv6 = 10;
    public const int FamilyNetlink = 16;
    public const int FamilyPacket = 17;

    public const int TypeRaw = 3;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    public const int LevelSocket = 1;
    public const int ReceiveBuffer = 8;
    public const int Priority = 12;
    public const int BindToDevice = 25;
    public const int ForceReceiveBuffer = 33;

    public const int LevelIpv4 = 0;
    public const int Ipv4TypeOfService = 1;
    public const int Ipv4TimeToLive = 2;
    public const int Ipv4PacketInformation = 8;
    public const int Ipv4MulticastInterface = 32;
    public const int Ipv4MulticastTimeToLive = 33;
    public const int Ipv4MulticastLoop = 34;
    public const int Ipv4AddMembership = 35;
    public const int Ipv4MulticastAll = 49;

    public const int LevelIpv6 = 41;
    public const int Ipv6Checksum = 7;
    public const int Ipv6UnicastHops = 16;
    public const int Ipv6MulticastInterface = 17;
    public const int Ipv6MulticastHops = 18;
    public const int Ipv6MulticastLoop = 19;
    public const int Ipv6AddMembership = 20;
    public const int Ipv6MulticastAll = 29;
    public const int Ipv6ReceivePacketInformation = 49;
    public const int Ipv6PacketInformation = 50;
    public const int Ipv6ReceiveHopLimit = 51;
    public const int Ipv6HopLimit = 52;
    public const int Ipv6TrafficClass = 67;
    public const int Ipv6FreeBind = 78;

    public const int DoNotWait = 0x40;
    public const int Truncated = 0x20;
}
