namespace Balancer.Tls;

/// <summary>A list of protocol names as ALPN carries it: each after its length in one byte (RFC 7301 section 3.1).</summary>
internal static class AlpnOffer
{
    /// <summary>Where a protocol's name begins in the list; -1 when it is not there.</summary>
    public static int IndexOf(ReadOnlySpan<byte> offer, ReadOnlySpan<byte> protocol)
    {
        for (var at = 0; at < offer.Length; at += 1 + offer[at])
        {
            var length = offer[at];
            if (at + 1 + length > offer.Length)
            {
                return -1;
            }

            if (offer.Slice(at + 1, length).SequenceEqual(protocol))
            {
                return at + 1;
            }
        }

        return -1;
    }
}
