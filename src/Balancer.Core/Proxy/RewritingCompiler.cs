using System.Text;
using Balancer.Configuration;
using Balancer.Configuration.Values;
using Balancer.Http.Patterns;
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

    /// <summary><c>proxy_redirect</c> and its like; null when nothing is changed.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="pass">The text of <c>proxy_pass</c>.</param>
    /// <param name="uri">Its URI part; null without.</param>
    /// <param name="hasVariables">Whether that part holds variables, so that nothing follows from it.</param>
    /// <param name="path">The path of the location.</param>
    public ResponseRewriting? Response(RewritingConfig config, string pass, string? uri, bool hasVariables, string path)
    {
        var byDefault = hasVariables ? null
            : string.IsNullOrEmpty(uri) ? new TextRule(Constant(pass + "/"), null, Constant("/"))
            : new TextRule(Constant(pass), null, Constant(path));
        var redirects = config.ProxyRedirect is null
            ? (byDefault is null ? null : new TextRules([byDefault], isDomain: false))
            : Rules(config.ProxyRedirect, byDefault, isDomain: false);
        var domains = Rules(config.CookieDomain, null, isDomain: true);
        var paths = Rules(config.CookiePath, null, isDomain: false);
        var flags = config.CookieFlags is { Count: > 0 } lines ? new CookieFlagRules([.. lines.Select(Compile)]) : null;
        return redirects is null && domains is null && paths is null && flags is null ? null : new ResponseRewriting(redirects, domains, paths, flags);
    }

    private TextRules? Rules(IReadOnlyList<TextRuleConfig>? lines, TextRule? byDefault, bool isDomain) => lines is not { Count: > 0 }
        ? null
        : new TextRules([.. lines.Select(line => line.IsDefault ? byDefault : Compile(line, isDomain)).OfType<TextRule>()], isDomain);

    private TextRule Compile(TextRuleConfig line, bool isDomain)
    {
        var to = isDomain && line.To.Value.StartsWith('.') ? line.To.From(1) : line.To;
        if (!line.From.Value.StartsWith('~'))
        {
            var from = isDomain && line.From.Value.StartsWith('.') ? line.From.From(1) : line.From;
            return new TextRule(TextTemplate.Compile(from, scope, errors), null, TextTemplate.Compile(to, scope, errors));
        }

        return new TextRule(Constant(""), Pattern(line.From, ignoreCase: isDomain), TextTemplate.Compile(to, scope, errors));
    }

    private CookieFlagRule Compile(CookieFlagsConfig line)
    {
        var isPattern = line.Cookie.Value.StartsWith('~');
        var flags = CookieFlags.None;
        var more = new List<TextTemplate>();
        foreach (var text in line.Flags.Select(flag => TextTemplate.Compile(flag, scope, errors)))
        {
            if (text.IsConstant)
            {
                flags |= CookieFlagRules.Parse(text.Constant);
            }
            else
            {
                more.Add(text);
            }
        }

        return new CookieFlagRule(
            isPattern ? Constant("") : TextTemplate.Compile(line.Cookie, scope, errors),
            isPattern ? Pattern(line.Cookie, ignoreCase: true) : null,
            flags,
            [.. more]);
    }

    private BytePattern? Pattern(ConfigText text, bool ignoreCase)
    {
        var start = text.Value.StartsWith("~*", StringComparison.Ordinal) ? 2 : 1;
        if (!BytePattern.TryCompile(text.Value[start..], ignoreCase || start == 2, out var pattern, out var error))
        {
            errors.Add(new ConfigError(text.Location, error!));
        }

        return pattern;
    }

    private static TextTemplate Constant(string text) => new([new TemplatePart(Encoding.UTF8.GetBytes(text), null)], readsSentHead: false);

    /// <summary><c>set</c>, <c>rewrite</c> and <c>break</c> of a level; null without.</summary>
    public RewriteScript? Script(RewriteConfig config) => config.IsEmpty
        ? null
        : new RewriteScript(
            [.. (config.Set ?? []).Select(set => (scope.FindDefined(set.Name)?.Slot ?? 0, TextTemplate.Compile(set.Value, scope, errors)))],
            [.. (config.Rules ?? []).Select(Compile).OfType<RewriteRule>()],
            config.Break);

    private RewriteRule? Compile(RewriteRuleConfig rule)
    {
        if (!BytePattern.TryCompile(rule.Pattern.Value, ignoreCase: false, out var pattern, out var error))
        {
            errors.Add(new ConfigError(rule.Pattern.Location, $"rewrite: {error}"));
            return null;
        }

        var text = rule.Replacement.Value;
        var keepsQuery = !text.EndsWith('?');
        var length = keepsQuery ? text.Length : text.Length - 1;
        var question = text.AsSpan(0, length).IndexOf('?');
        var status = rule.Flag switch
        {
            RewriteFlag.Permanent => 301,
            RewriteFlag.Redirect => 302,
            _ => RewriteRuleConfig.IsUrl(text) ? 302 : 0,
        };
        return new RewriteRule(
            pattern!,
            Compile(rule.Replacement, 0, question < 0 ? length : question),
            question < 0 ? null : Compile(rule.Replacement, question + 1, length),
            keepsQuery,
            status,
            rule.Flag);
    }

    private Replacement Compile(ConfigText text, int start, int end)
    {
        var part = text.From(start);
        return new Replacement(TextTemplate.Compile(part with { Value = part.Value[..(end - start)] }, scope, errors));
    }

    private IEnumerable<ErrorPage> Compile(ErrorPageConfig line)
    {
        var target = TextTemplate.Compile(line.Target, scope, errors);
        return line.Statuses.Select(status => new ErrorPage(status, line.Response, target));
    }
}
