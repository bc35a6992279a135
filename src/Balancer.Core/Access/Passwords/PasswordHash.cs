namespace Balancer.Access.Passwords;

/// <summary>A password as it stands in a file of users. Immutable; any thread.</summary>
internal abstract class PasswordHash
{
    /// <summary>Whether a password is the one. Takes as long for a wrong one as for the right one; that may be tens of milliseconds.</summary>
    public abstract bool Matches(ReadOnlySpan<byte> password);
}
