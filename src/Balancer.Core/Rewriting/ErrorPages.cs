namespace Balancer.Rewriting;

/// <summary><c>error_page</c> of a location, compiled.</summary>
/// <param name="pages">The pages, no status twice.</param>
/// <param name="isRecursive">Whether they hold for answers of error pages too (<c>recursive_error_pages</c>).</param>
internal sealed class ErrorPages(ErrorPage[] pages, bool isRecursive)
{
    /// <summary>Whether they hold for answers of error pages too.</summary>
    public bool IsRecursive { get; } = isRecursive;

    /// <summary>The page for a status; null when there is none.</summary>
    public ErrorPage? Find(int status)
    {
        foreach (var page in pages)
        {
            if (page.Status == status)
            {
                return page;
            }
        }

        return null;
    }
}
