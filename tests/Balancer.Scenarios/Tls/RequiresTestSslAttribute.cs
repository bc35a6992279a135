using Balancer.Harness;

namespace Balancer.Tls;

/// <summary>A <see cref="FactAttribute"/> that is skipped, with the reason, where testssl.sh or what its server needs is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresTestSslAttribute : FactAttribute
{
    public RequiresTestSslAttribute() => Skip = Tools.ReasonToSkip(["nginx", "openssl", TestSsl.Program]);
}
