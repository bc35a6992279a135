namespace Balancer.Http;

/// <summary>One header field of a head: offsets into the head's bytes.</summary>
internal struct HeaderField
{
    /// <summary>Offset of the name's first byte.</summary>
    public int NameStart;

    /// <summary>Length of the name.</summary>
    public int NameLength;

    /// <summary>Offset of the value's first byte, white space before it excluded.</summary>
    public int ValueStart;

    /// <summary>Length of the value, white space after it excluded.</summary>
    public int ValueLength;

    /// <summary>Which field it is, when the gateway has an opinion about it.</summary>
    public KnownHeader Known;

    /// <summary>What is done with it.</summary>
    public HeaderFieldFlags Flags;
}
