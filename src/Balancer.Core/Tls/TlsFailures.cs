using Balancer.Tls.OpenSsl;

namespace Balancer.Tls;

/// <summary>Tells why OpenSSL ended a handshake.</summary>
internal static class TlsFailures
{
    private const int NoSuitableKeyShare = 101;
    private const int NoSuitableSignatureAlgorithm = 118;
    private const int NoSharedCipher = 193;
    private const int NoApplicationProtocol = 235;
    private const int UnknownProtocol = 252;
    private const int UnsupportedProtocol = 258;
    private const int WrongVersionNumber = 267;
    private const int NoSuitableGroups = 295;
    private const int NoSharedSignatureAlgorithms = 376;
    private const int VersionTooLow = 396;
    private const int NoSharedGroups = 410;
    private const int FirstAlert = 1000;
    private const int LastAlert = 1255;

    /// <summary>Reads the error queue of this thread, and empties it.</summary>
    /// <param name="text">OpenSSL's own words.</param>
    public static TlsFailure Take(out string text)
    {
        var reason = OpenSslErrors.PeekSslReason();
        text = OpenSslErrors.Take();
        return reason switch
        {
            NoSharedCipher or NoSuitableKeyShare or NoSuitableGroups or NoSharedGroups or NoSuitableSignatureAlgorithm or NoSharedSignatureAlgorithms => TlsFailure.NoSharedAlgorithm,
            UnsupportedProtocol or VersionTooLow or WrongVersionNumber or UnknownProtocol => TlsFailure.NoSharedVersion,
            NoApplicationProtocol => TlsFailure.NoSharedProtocol,
            >= FirstAlert and <= LastAlert => TlsFailure.ClientAlert,
            0 => TlsFailure.Internal,
            _ => TlsFailure.Malformed,
        };
    }
}
