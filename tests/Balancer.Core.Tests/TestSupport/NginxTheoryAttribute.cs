namespace Balancer.TestSupport;

/// <summary>A theory that runs a real nginx beside ours; skipped where none is installed.</summary>
internal sealed class NginxTheoryAttribute : TheoryAttribute
{
    public const string Path = "/usr/sbin/nginx";

    public NginxTheoryAttribute()
    {
        if (!File.Exists(Path))
        {
            Skip = $"needs nginx at {Path}";
        }
    }
}
