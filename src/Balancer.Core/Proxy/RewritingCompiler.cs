using Balancer.Configuration;
using Balancer.Configuration.Values;
using Balancer.Http.Variables;
using Balancer.Rewriting;
using Balancer.Rewriting.Cors;

namespace Balancer.Proxy;

/// <summary>Compiles what changes requests and answers of a location.</summary>
internal sealed class RewritingCompiler(VariableScope scope, List<ConfigError> errors)
{
    // Most locations have those of the levels above.
    private readonly Dictionary<(IReadOnlyList<ErrorPageConfig>, bool), ErrorPages> _errorPages = [];

    private readonly Dictionary<CorsConfig, CorsPolicy> _cors = new(ReferenceEqualityComparer.Instance);

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

    /// <summary><c>expires</c>; null without.</summary>
    public Expires? Expires(RewritingConfig config, TimeProvider time)
    {
        if (config.Expires is not { } expires)
        {
            return null;
        }

        if (expires.Time.Value.Contains('$', StringComparison.Ordinal))
        {
            return new Expires(default, TextTemplate.Compile(expires.Time, scope, errors), expires.IsModified, time);
        }

        ExpiresValue.TryParse(expires.Time.Value, expires.IsModified, out var value);
        return value.Kind == ExpiresKind.Off ? null : new Expires(value, null, expires.IsModified, time);
    }

    /// <summary><c>cors</c>; null without.</summary>
    public CorsPolicy? Cors(RewritingConfig config)
    {
        if (config.Cors is not { IsOn: true } cors)
        {
            return null;
        }

        return _cors.TryGetValue(cors, out var policy) ? policy : _cors[cors] = new CorsPolicy(cors);
    }

    private IEnumerable<ErrorPage> Compile(ErrorPageConfig line)
    {
        var target = TextTemplate.Compile(line.Target, scope, errors);
        return line.Statuses.Select(status => new ErrorPage(status, line.Response, target));
    }
}
