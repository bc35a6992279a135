using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Balancer.Infrastructure;

namespace Balancer.Http.Variables;

/// <summary>Reads the user's name out of HTTP basic authentication (RFC 7617).</summary>
internal static class BasicCredentials
{
    /// <summary>Appends the user's name.</summary>
    /// <param name="authorization">The value of the Authorization field.</param>
    /// <param name="output">Takes the name.</param>
    /// <returns>False, and nothing appended, when there is none: another scheme, bad Base64, no colon, or an empty name.</returns>
    public static bool TryAppendUser(ReadOnlySpan<byte> authorization, ByteBuffer output)
    {
        if (authorization.Length < 6 || !Ascii.EqualsIgnoreCase(authorization[..6], "Basic "u8))
        {
            return false;
        }

        var encoded = authorization[6..].Trim((byte)' ');
        var decoded = output.GetSpan(Base64.GetMaxDecodedFromUtf8Length(encoded.Length));
        if (Base64.DecodeFromUtf8(encoded, decoded, out _, out var written) != OperationStatus.Done)
        {
            return false;
        }

        var colon = decoded[..written].IndexOf((byte)':');
        if (colon <= 0)
        {
            return false;
        }

        output.Advance(colon);
        return true;
    }
}
