using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Balancer.Tls.OpenSsl;

namespace Balancer.Tls.Ocsp;

/// <summary>Writes OCSP requests, and reads and verifies responses (RFC 6960).</summary>
internal static unsafe class OcspMessages
{
    /// <summary>How long a response without an end may be sent: as long as nginx asks for it anew.</summary>
    private static readonly TimeSpan DefaultValidity = TimeSpan.FromHours(1);

    /// <summary>How far clocks may be apart.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>The request for a certificate's status.</summary>
    public static byte[] WriteRequest(OcspTarget target)
    {
        using var certificates = PemObjects.FromDer(target.Certificate, target.Issuer);
        var request = LibOcsp.RequestNew();
        LibOcsp.RequestAdd(request, LibOcsp.CertificateId(0, certificates.Certificates[0], certificates.Certificates[1]));
        var der = new byte[Math.Max(0, LibOcsp.RequestToDer(request, null))];
        fixed (byte* start = der)
        {
            var at = start;
            _ = LibOcsp.RequestToDer(request, &at);
        }

        LibOcsp.RequestFree(request);
        return der;
    }

    /// <summary>Reads a response: it must be signed by the issuer or by whom the issuer appoints, be of this time, and say that the certificate is good.</summary>
    /// <param name="target">The certificate.</param>
    /// <param name="response">What the responder sent.</param>
    /// <param name="now">The time.</param>
    /// <param name="fault">Why it cannot be used.</param>
    public static OcspAnswer? ReadResponse(OcspTarget target, byte[] response, DateTimeOffset now, out string fault)
    {
        nint message;
        fixed (byte* start = response)
        {
            var at = start;
            message = LibOcsp.ResponseFromDer(0, &at, response.Length);
        }

        if (message == 0)
        {
            LibCrypto.ClearErrors();
            fault = "not an OCSP response";
            return null;
        }

        var status = LibOcsp.ResponseStatus(message);
        var basic = status == LibOcsp.ResponseSuccessful ? LibOcsp.ResponseBasic(message) : 0;
        LibOcsp.ResponseFree(message);
        if (basic == 0)
        {
            LibCrypto.ClearErrors();
            fault = $"the responder says {Text(LibOcsp.ResponseStatusText(status))}";
            return null;
        }

        try
        {
            return ReadBasic(target, response, basic, now, out fault);
        }
        finally
        {
            LibOcsp.BasicFree(basic);
        }
    }

    /// <summary>Whether the bytes are an OCSP response; nothing is verified (<c>ssl_stapling_file</c>).</summary>
    public static bool IsResponse(byte[] response)
    {
        fixed (byte* start = response)
        {
            var at = start;
            var message = LibOcsp.ResponseFromDer(0, &at, response.Length);
            LibOcsp.ResponseFree(message);
            LibCrypto.ClearErrors();
            return message != 0;
        }
    }

    private static OcspAnswer? ReadBasic(OcspTarget target, byte[] response, nint basic, DateTimeOffset now, out string fault)
    {
        using var certificates = PemObjects.FromDer(target.Certificate, target.Issuer);
        if (!IsSigned(basic, certificates.Certificates[1], out fault))
        {
            return null;
        }

        var id = LibOcsp.CertificateId(0, certificates.Certificates[0], certificates.Certificates[1]);
        var isFound = LibOcsp.FindStatus(basic, id, out var status, out _, out _, out var thisUpdate, out var nextUpdate) == 1;
        LibOcsp.CertificateIdFree(id);
        if (!isFound)
        {
            fault = "the response is about other certificates";
            return null;
        }

        if (status != LibOcsp.StatusGood)
        {
            fault = $"the certificate is {Text(LibOcsp.CertificateStatusText(status))}";
            return null;
        }

        var from = Time(thisUpdate);
        var until = nextUpdate == 0 ? now + DefaultValidity : Time(nextUpdate);
        if (from - ClockSkew > now || until <= now)
        {
            fault = $"the response is of another time: from {from:u} until {until:u}";
            return null;
        }

        fault = "";
        return new OcspAnswer(response, until);
    }

    private static bool IsSigned(nint basic, nint issuer, out string fault)
    {
        var store = LibOcsp.StoreNew();
        var stack = LibOcsp.StackNew();
        _ = LibCrypto.StoreAddCertificate(store, issuer);
        _ = LibCrypto.StoreSetFlags(store, LibOcsp.PartialChain);
        _ = LibOcsp.StackPush(stack, issuer);
        LibCrypto.ClearErrors();
        var isSigned = LibOcsp.BasicVerify(basic, stack, store, 0) == 1;
        fault = isSigned ? "" : $"the response is not signed by the issuer of the certificate: {OpenSslErrors.Take()}";
        LibCrypto.ClearErrors();
        LibOcsp.StackFree(stack);
        LibOcsp.StoreFree(store);
        return isSigned;
    }

    /// <summary>A GeneralizedTime, which DER allows in one form only (RFC 5280 section 4.1.2.5.2); the beginning of time for what is none.</summary>
    private static DateTimeOffset Time(nint time)
    {
        var text = Encoding.ASCII.GetString(LibOcsp.StringData(time), LibOcsp.StringLength(time));
        return DateTimeOffset.TryParseExact(text, "yyyyMMddHHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var result) ? result : default;
    }

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
