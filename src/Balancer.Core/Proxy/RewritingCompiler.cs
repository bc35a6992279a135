using Balancer.Configuration;
using Balancer.Http.Variables;
using Balancer.Rewriting;

namespace Balancer.Proxy;

/// <summary>Compiles what changes requests and answers of a location.</summary>
internal sealed class RewritingCompiler(VariableScope scope, List<ConfigError> errors)
{
    // Most locations have those of the levels above.
    private readonly Dictionary<(IReadOnlyList<ErrorPageConfig>, bool), ErrorPages> _errorPages = [];

    /// <summary><c>error_page</c>; null without.</summary>
    public ErrorPages? ErrorPages(RewritingConfig config)
    {
        if (config.ErrorPages is not { Count: > 0 } lines)
        {
            return null;
        }

        var isRecursive = config.RecursiveErrorPages ?? false;
        if (!_errorPages.TryGetValue((lines, isRecursive), out var pages))
        {
            _errorPages[(lines, isRecursive)] = pages = new ErrorPages([.. lines.SelectMany(Compile)], isRecursive);
        }

        return pages;
    }

    private IEnumerable<ErrorPage> Compile(ErrorPageConfig line)
    {
        var target = TextTemplate.Compile(line.Target, scope, errors);
        return line.Statuses.Select(status => new ErrorPage(status, line.Response, target));
    }
}
