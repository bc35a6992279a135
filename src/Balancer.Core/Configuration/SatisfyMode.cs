namespace Balancer.Configuration;

/// <summary>The values of <c>satisfy</c>.</summary>
public enum SatisfyMode
{
    /// <summary>Every check must let a request in.</summary>
    All,

    /// <summary>One that lets it in is enough.</summary>
    Any,
}
