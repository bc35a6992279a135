using Balancer.Configuration;
using Balancer.Configuration.Values;
using Balancer.Http.Patterns;
using Balancer.Http.Variables;
using Balancer.Infrastructure;
using Balancer.Observability.Logging;
using Balancer.Routing;
using Balancer.Routing.Maps;

namespace Balancer.Proxy;

/// <summary>Compiles every text with variables and every regular expression of a configuration, used or not, for the faults alone.</summary>
internal sealed class TextCheck(GatewayConfig config, IReadOnlyList<PatternText> patterns, ICollection<ConfigError> errors)
{
    private readonly VariableScope _scope = VariableTables.Compile(
        config, CaptureNames.Of(patterns.Select(static pattern => pattern.Text.Value)), new WallClock(TimeProvider.System), errors);

    /// <summary>Adds what is wrong to the errors.</summary>
    public void Run()
    {
        foreach (var (key, pattern, isBroken) in patterns)
        {
            if (!isBroken && !BytePattern.TryCompile(pattern.Value, ignoreCase: true, out _, out var error))
            {
                errors.Add(new ConfigError(pattern.Location, $"{key}: {error}"));
            }
        }

        foreach (var format in config.LogFormats.Values)
        {
            LogFormat.Compile(format, _scope, errors);
        }

        foreach (var upstream in config.Upstreams)
        {
            Check(upstream.Balancing.HashKey);
        }

        Check(config.Settings);
        foreach (var server in config.Servers)
        {
            Check(server.Settings);
            Check(server.Return?.Text);
            Check(server.Rewrite);
            foreach (var location in server.Locations)
            {
                Check(location);
            }
        }
    }

    private void Check(LocationConfig location)
    {
        Check(location.Settings);
        Check(location.Return?.Text);
        Check(location.Rewrite);
        Check(location.LimitExcept?.Access ?? new AccessConfig());
        if (ProxyPassTarget.Of(location, out var pass) is { Uri: { } uri })
        {
            Check(pass.From(pass.Value.Length - uri.Length));
        }
    }

    private void Check(RewriteConfig rewrite)
    {
        foreach (var text in (rewrite.Set ?? []).Select(static set => set.Value).Concat((rewrite.Rules ?? []).Select(static rule => rule.Replacement)))
        {
            Check(text);
        }
    }

    private void Check(SettingsConfig settings)
    {
        foreach (var text in (settings.AddHeaders?.Values ?? []).Concat(settings.ProxySetHeaders?.Values ?? []).Concat((settings.AddTrailers?.Values ?? []).Select(static trailer => trailer.Value)))
        {
            Check(text);
        }

        foreach (var page in settings.Rewriting.ErrorPages ?? [])
        {
            Check(page.Target);
        }

        Check(settings.Rewriting.Expires?.Time);
        Check(settings.Access);
        Check(settings.ProxyRequest.Method);
        Check(settings.ProxyRequest.Body);
        foreach (var rule in (settings.Rewriting.ProxyRedirect ?? []).Concat(settings.Rewriting.CookieDomain ?? []).Concat(settings.Rewriting.CookiePath ?? []))
        {
            Check(rule.To);
            Check(rule.From.Value.StartsWith('~') ? null : rule.From);
        }

        foreach (var rule in settings.Rewriting.CookieFlags ?? [])
        {
            Check(rule.Cookie.Value.StartsWith('~') ? null : rule.Cookie);
            foreach (var flag in rule.Flags)
            {
                Check(flag);
            }
        }

        foreach (var log in settings.AccessLogs ?? [])
        {
            Check(log.If);
        }
    }

    private void Check(AccessConfig access)
    {
        Check(access.AuthBasic);
        foreach (var text in access.AuthRequestSet?.Values ?? [])
        {
            Check(text);
        }
    }

    private void Check(ConfigText? text)
    {
        if (text is not null)
        {
            TextTemplate.Compile(text, _scope, errors);
        }
    }
}
