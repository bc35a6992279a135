using System.Runtime.InteropServices;

namespace Balancer.Tls.OpenSsl;

/// <summary>What libcrypto has for OCSP (RFC 6960).</summary>
internal static unsafe partial class LibOcsp
{
    public const int ResponseSuccessful = 0;
    public const int StatusGood = 0;

    /// <summary>A certificate that is trusted ends a chain although it is not its root.</summary>
    public const nuint PartialChain = 0x80000;

    private const string Library = "libcrypto.so.3";

    [LibraryImport(Library, EntryPoint = "X509_check_issued")]
    public static partial int CheckIssued(nint issuer, nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_STORE_new")]
    public static partial nint StoreNew();

    [LibraryImport(Library, EntryPoint = "X509_STORE_free")]
    public static partial void StoreFree(nint store);

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_new_null")]
    public static partial nint StackNew();

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_push")]
    public static partial int StackPush(nint stack, nint item);

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_free")]
    public static partial void StackFree(nint stack);

    [LibraryImport(Library, EntryPoint = "OCSP_cert_to_id")]
    public static partial nint CertificateId(nint digest, nint certificate, nint issuer);

    [LibraryImport(Library, EntryPoint = "OCSP_CERTID_free")]
    public static partial void CertificateIdFree(nint id);

    [LibraryImport(Library, EntryPoint = "OCSP_REQUEST_new")]
    public static partial nint RequestNew();

    [LibraryImport(Library, EntryPoint = "OCSP_REQUEST_free")]
    public static partial void RequestFree(nint request);

    /// <summary>Adds a certificate; the request owns the id from then on.</summary>
    [LibraryImport(Library, EntryPoint = "OCSP_request_add0_id")]
    public static partial nint RequestAdd(nint request, nint id);

    [LibraryImport(Library, EntryPoint = "i2d_OCSP_REQUEST")]
    public static partial int RequestToDer(nint request, byte** output);

    [LibraryImport(Library, EntryPoint = "d2i_OCSP_RESPONSE")]
    public static partial nint ResponseFromDer(nint target, byte** input, nint length);

    [LibraryImport(Library, EntryPoint = "OCSP_RESPONSE_free")]
    public static partial void ResponseFree(nint response);

    [LibraryImport(Library, EntryPoint = "OCSP_response_status")]
    public static partial int ResponseStatus(nint response);

    [LibraryImport(Library, EntryPoint = "OCSP_response_status_str")]
    public static partial byte* ResponseStatusText(nint status);

    [LibraryImport(Library, EntryPoint = "OCSP_response_get1_basic")]
    public static partial nint ResponseBasic(nint response);

    [LibraryImport(Library, EntryPoint = "OCSP_BASICRESP_free")]
    public static partial void BasicFree(nint basic);

    [LibraryImport(Library, EntryPoint = "OCSP_basic_verify")]
    public static partial int BasicVerify(nint basic, nint certificates, nint store, nuint flags);

    [LibraryImport(Library, EntryPoint = "OCSP_resp_find_status")]
    public static partial int FindStatus(nint basic, nint id, out int status, out int reason, out nint revoked, out nint thisUpdate, out nint nextUpdate);

    [LibraryImport(Library, EntryPoint = "OCSP_cert_status_str")]
    public static partial byte* CertificateStatusText(nint status);

    [LibraryImport(Library, EntryPoint = "ASN1_STRING_get0_data")]
    public static partial byte* StringData(nint text);

    [LibraryImport(Library, EntryPoint = "ASN1_STRING_length")]
    public static partial int StringLength(nint text);
}
