using System.Net;

namespace Balancer.Upstreams.Resolution;

/// <summary>What a DNS server said.</summary>
internal sealed class DnsReply
{
    /// <summary>How the server took the question (RFC 1035 section 4.1.1): 0 no error, 2 failure, 3 no such name, 5 refused.</summary>
    public int Code { get; init; }

    /// <summary>Whether the rest was left off: to be asked for over TCP.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>The addresses.</summary>
    public List<IPAddress> Addresses { get; } = [];

    /// <summary>The name to ask for instead, encoded: where the aliases in the reply lead without an address; null when they do not.</summary>
    public byte[]? Alias { get; set; }
}
