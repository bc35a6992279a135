using System.Globalization;
using System.Text;
using Balancer.Configuration;
using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;
using Balancer.Upstreams;

namespace Balancer.Routing;

/// <summary>The cookie that keeps a client to its server: compiled from <c>sticky</c>.</summary>
internal sealed class StickyCookie
{
    /// <summary>Where nginx's <c>expires=max</c> ends.</summary>
    private static readonly DateTimeOffset Latest = new(2037, 12, 31, 23, 55, 55, TimeSpan.Zero);

    private readonly byte[] _name;
    private readonly byte[] _attributes;
    private readonly TimeSpan? _lifetime;
    private readonly TimeProvider _time;

    public StickyCookie(StickyConfig config, TimeProvider time)
    {
        _name = Encoding.ASCII.GetBytes(config.Name);
        _lifetime = config.Expires;
        _time = time;
        var attributes = new StringBuilder();
        if (config.Domain is not null)
        {
            attributes.Append("; Domain=").Append(config.Domain);
        }

        if (config.Path is not null)
        {
            attributes.Append("; Path=").Append(config.Path);
        }

        attributes.Append(config.HttpOnly ? "; HttpOnly" : "").Append(config.Secure ? "; Secure" : "");
        if (config.SameSite is { } sameSite)
        {
            attributes.Append("; SameSite=").Append(sameSite);
        }

        _attributes = Encoding.UTF8.GetBytes(attributes.ToString());
    }

    /// <summary>The session a request names; empty when it names none.</summary>
    public ReadOnlySpan<byte> Read(RequestHead request)
    {
        foreach (ref var field in request.Headers.Fields)
        {
            if (field.NameLength == 6 && Ascii.EqualsIgnoreCase(request.Name(field), "cookie"u8) && NamedValues.TryFindCookie(request.Value(field), _name, out var value))
            {
                return value;
            }
        }

        return default;
    }

    /// <summary>Adds Set-Cookie to the response of a server, unless the request named it already.</summary>
    public void AddTo(HttpExchange exchange, Downstream downstream, UpstreamServer server)
    {
        if (Read(exchange.Request).SequenceEqual(server.SessionToken))
        {
            return;
        }

        var value = WorkerPool<HeadWriter>.Rent();
        value.Write(_name);
        value.Write("="u8);
        value.Write(server.SessionToken);
        WriteLifetime(value);
        value.Write(_attributes);
        downstream.AddField("Set-Cookie"u8, value.Written);
        value.Reset();
        WorkerPool<HeadWriter>.Return(value);
    }

    private void WriteLifetime(HeadWriter value)
    {
        if (_lifetime is not { } lifetime)
        {
            return;
        }

        var now = _time.GetUtcNow();
        var end = lifetime < Latest - now ? now + lifetime : Latest;
        value.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"; Expires={end.UtcDateTime:R}; Max-Age={Math.Max(0, (long)(end - now).TotalSeconds)}")));
    }
}
