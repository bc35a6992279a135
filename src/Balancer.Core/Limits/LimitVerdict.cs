using Balancer.Http;

namespace Balancer.Limits;

/// <summary>Whether a request may go on.</summary>
/// <param name="Status">The status it is refused with; 0 when it is not.</param>
/// <param name="Error">Why it ended while it waited.</param>
internal readonly record struct LimitVerdict(int Status, ProxyError Error = ProxyError.None)
{
    /// <summary>Whether it may go on.</summary>
    public bool IsPassed => Status == 0 && Error == ProxyError.None;
}
