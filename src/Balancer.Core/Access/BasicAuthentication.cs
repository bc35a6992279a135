using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Balancer.Access.Passwords;
using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;

namespace Balancer.Access;

/// <summary><c>auth_basic</c> and its file of users (nginx ngx_http_auth_basic_module, RFC 7617). Immutable.</summary>
/// <param name="realm">The realm, or a text that is <c>off</c> for requests that need no password.</param>
/// <param name="file">The users.</param>
internal sealed class BasicAuthentication(TextTemplate realm, PasswordFile file)
{
    /// <summary>The users.</summary>
    public PasswordFile File { get; } = file;

    /// <summary>Composes the challenge of a 401.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="challenge">Takes <c>Basic realm="…"</c>.</param>
    /// <returns>False when this request needs no password.</returns>
    public bool TryWriteChallenge(HttpExchange exchange, HeadWriter challenge)
    {
        if (realm.IsConstant)
        {
            return TryWriteChallenge(realm.Constant, challenge);
        }

        var text = WorkerPool<HeadWriter>.Rent();
        realm.Write(exchange, text);
        text.NeutralizeFrom(0);
        var isAsked = TryWriteChallenge(text.Written, challenge);
        text.Reset();
        WorkerPool<HeadWriter>.Return(text);
        return isAsked;
    }

    /// <summary>The credentials of a request as they stand in its Authorization field, scheme included; empty when there are none of this scheme.</summary>
    public static ReadOnlySpan<byte> CredentialsOf(HttpExchange exchange) =>
        exchange.Request.TryGetValue("authorization"u8, out var value) && value.Length > 6 && Ascii.EqualsIgnoreCase(value[..6], "Basic "u8) ? value : default;

    /// <summary>Takes credentials apart.</summary>
    /// <returns>False when they are no Base64 of a name, a colon and a password.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> credentials, out byte[] user, out byte[] password)
    {
        user = password = [];
        var encoded = credentials[6..].Trim((byte)' ');
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        if (Base64.DecodeFromUtf8(encoded, decoded, out _, out var length) != OperationStatus.Done)
        {
            return false;
        }

        var colon = decoded.AsSpan(0, length).IndexOf((byte)':');
        if (colon <= 0)
        {
            return false;
        }

        user = decoded[..colon];
        password = decoded[(colon + 1)..length];
        return true;
    }

    // RFC 9110 section 5.6.4: a quoted string.
    private static bool TryWriteChallenge(ReadOnlySpan<byte> name, HeadWriter challenge)
    {
        if (name.SequenceEqual("off"u8))
        {
            return false;
        }

        challenge.Write("Basic realm=\""u8);
        foreach (var value in name)
        {
            if (value is (byte)'"' or (byte)'\\')
            {
                challenge.Write("\\"u8);
            }

            challenge.Write([value]);
        }

        challenge.Write("\""u8);
        return true;
    }
}
