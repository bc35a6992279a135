namespace Balancer.TestSupport;

/// <summary>A test that runs a real nginx beside ours; skipped where none is installed.</summary>
internal sealed class NginxFactAttribute : FactAttribute
{
    public NginxFactAttribute()
    {
        if (!File.Exists(NginxTheoryAttribute.Path))
        {
            Skip = $"needs nginx at {NginxTheoryAttribute.Path}";
        }
    }
}
