using System.Globalization;
using System.Text;
using Balancer.Configuration;
using Balancer.Http;

namespace Balancer.Rewriting.Cors;

/// <summary><c>cors</c>, compiled: the gateway's part in the CORS protocol of the Fetch standard.</summary>
internal sealed class CorsPolicy
{
    private readonly OriginRules _origins;
    private readonly byte[] _methods;
    private readonly byte[] _headers;
    private readonly byte[] _exposed;
    private readonly byte[] _maxAge;
    private readonly bool _allowsCredentials;

    public CorsPolicy(CorsConfig config)
    {
        _origins = new OriginRules(config.AllowOrigin);
        _methods = Join(config.AllowMethods ?? ["GET", "HEAD", "POST"]);
        _headers = Join(config.AllowHeaders);
        _exposed = Join(config.ExposeHeaders);
        _maxAge = config.MaxAge is { } age ? Encoding.ASCII.GetBytes(((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture)) : [];
        _allowsCredentials = config.AllowCredentials;
    }

    /// <summary>Adds the fields the response to a request gets.</summary>
    /// <returns>Whether the request is a preflight: OPTIONS with an Origin and the method that is asked for.</returns>
    /// <exception cref="System.Text.RegularExpressions.RegexMatchTimeoutException">An expression took too long.</exception>
    public bool Apply(HttpExchange exchange)
    {
        var fields = exchange.PhaseFields;
        if (!_origins.AllowsAll)
        {
            // Also for those who sent none: else a cache gives their response to a page that must not have it, or misses its fields.
            fields.Add("Vary"u8, "Origin"u8);
        }

        var request = exchange.Request;
        var origin = request.Value(KnownHeader.Origin);
        if (origin.IsEmpty)
        {
            return false;
        }

        var isPreflight = request.KnownMethod == KnownMethod.Options && request.TryGetValue("access-control-request-method"u8, out _);
        if (!_origins.Allows(origin))
        {
            return isPreflight;
        }

        fields.Add("Access-Control-Allow-Origin"u8, _origins.AllowsAll ? "*"u8 : origin);
        if (_allowsCredentials)
        {
            fields.Add("Access-Control-Allow-Credentials"u8, "true"u8);
        }

        if (isPreflight)
        {
            AddFilled(fields, "Access-Control-Allow-Methods"u8, _methods);
            AddFilled(fields, "Access-Control-Allow-Headers"u8, _headers);
            AddFilled(fields, "Access-Control-Max-Age"u8, _maxAge);
        }
        else
        {
            AddFilled(fields, "Access-Control-Expose-Headers"u8, _exposed);
        }

        return isPreflight;
    }

    private static void AddFilled(FieldList fields, ReadOnlySpan<byte> name, byte[] value)
    {
        if (value.Length > 0)
        {
            fields.Add(name, value);
        }
    }

    private static byte[] Join(IReadOnlyList<string>? names) => Encoding.ASCII.GetBytes(string.Join(", ", names ?? []));
}
