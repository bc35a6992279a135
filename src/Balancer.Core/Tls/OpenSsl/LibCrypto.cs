using System.Runtime.InteropServices;

namespace Balancer.Tls.OpenSsl;

/// <summary>The functions of OpenSSL's libcrypto (3.0 and newer) that are used here.</summary>
internal static unsafe partial class LibCrypto
{
    public const int BioControlFlush = 11;
    public const int BioSourceSink = 0x0400;
    public const int BioFlagsReadRetry = 0x01 | 0x08;

    private const string Library = "libcrypto.so.3";

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    [SuppressGCTransition]
    public static partial void ClearErrors();

    [LibraryImport(Library, EntryPoint = "ERR_peek_error")]
    [SuppressGCTransition]
    public static partial ulong PeekError();

    [LibraryImport(Library, EntryPoint = "ERR_peek_last_error")]
    public static partial ulong PeekLastError();

    [LibraryImport(Library, EntryPoint = "ERR_reason_error_string")]
    public static partial byte* ReasonText(ulong error);

    [LibraryImport(Library, EntryPoint = "BIO_get_new_index")]
    public static partial int BioNewIndex();

    [LibraryImport(Library, EntryPoint = "BIO_meth_new", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint BioMethodNew(int type, string name);

    [LibraryImport(Library, EntryPoint = "BIO_meth_set_read")]
    public static partial int BioMethodSetRead(nint method, nint callback);

    [LibraryImport(Library, EntryPoint = "BIO_meth_set_write")]
    public static partial int BioMethodSetWrite(nint method, nint callback);

    [LibraryImport(Library, EntryPoint = "BIO_meth_set_ctrl")]
    public static partial int BioMethodSetControl(nint method, nint callback);

    [LibraryImport(Library, EntryPoint = "BIO_new")]
    public static partial nint BioNew(nint method);

    [LibraryImport(Library, EntryPoint = "BIO_new_mem_buf")]
    public static partial nint BioNewMemory(byte* data, int length);

    [LibraryImport(Library, EntryPoint = "BIO_free")]
    public static partial int BioFree(nint bio);

    [LibraryImport(Library, EntryPoint = "BIO_set_init")]
    public static partial void BioSetInitialized(nint bio, int initialized);

    [LibraryImport(Library, EntryPoint = "BIO_set_flags")]
    [SuppressGCTransition]
    public static partial void BioSetFlags(nint bio, int flags);

    [LibraryImport(Library, EntryPoint = "BIO_clear_flags")]
    [SuppressGCTransition]
    public static partial void BioClearFlags(nint bio, int flags);

    [LibraryImport(Library, EntryPoint = "PEM_read_bio_X509_AUX")]
    public static partial nint PemReadTrustedCertificate(nint bio, nint target, nint passwordCallback, nint argument);

    [LibraryImport(Library, EntryPoint = "PEM_read_bio_X509")]
    public static partial nint PemReadCertificate(nint bio, nint target, nint passwordCallback, nint argument);

    [LibraryImport(Library, EntryPoint = "PEM_read_bio_PrivateKey")]
    public static partial nint PemReadPrivateKey(nint bio, nint target, nint passwordCallback, nint argument);

    [LibraryImport(Library, EntryPoint = "PEM_read_bio_X509_CRL")]
    public static partial nint PemReadCrl(nint bio, nint target, nint passwordCallback, nint argument);

    [LibraryImport(Library, EntryPoint = "d2i_X509")]
    public static partial nint CertificateFromDer(nint target, byte** input, nint length);

    [LibraryImport(Library, EntryPoint = "X509_free")]
    public static partial void CertificateFree(nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_CRL_free")]
    public static partial void CrlFree(nint crl);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    public static partial void KeyFree(nint key);

    [LibraryImport(Library, EntryPoint = "X509_check_private_key")]
    public static partial int CertificateMatchesKey(nint certificate, nint key);

    [LibraryImport(Library, EntryPoint = "i2d_X509")]
    public static partial int CertificateToDer(nint certificate, byte** output);

    [LibraryImport(Library, EntryPoint = "X509_STORE_add_cert")]
    public static partial int StoreAddCertificate(nint store, nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_VERIFY_PARAM_set1_ip_asc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int VerifyAddress(nint parameters, string address);

    [LibraryImport(Library, EntryPoint = "X509_STORE_add_crl")]
    public static partial int StoreAddCrl(nint store, nint crl);

    [LibraryImport(Library, EntryPoint = "X509_STORE_set_flags")]
    public static partial int StoreSetFlags(nint store, nuint flags);

    [LibraryImport(Library, EntryPoint = "X509_verify_cert_error_string")]
    public static partial byte* VerifyErrorText(nint result);

    [LibraryImport(Library, EntryPoint = "OBJ_nid2sn")]
    public static partial byte* ShortName(int identifier);

    [LibraryImport(Library, EntryPoint = "X509_get_subject_name")]
    public static partial nint CertificateSubject(nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_get_issuer_name")]
    public static partial nint CertificateIssuer(nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_NAME_print_ex")]
    public static partial int NamePrint(nint bio, nint name, int indent, nuint flags);

    [LibraryImport(Library, EntryPoint = "BIO_s_mem")]
    public static partial nint BioMemoryMethod();

    [LibraryImport(Library, EntryPoint = "BIO_read")]
    public static partial int BioRead(nint bio, byte* buffer, int length);

    [LibraryImport(Library, EntryPoint = "CRYPTO_malloc")]
    public static partial byte* Allocate(nuint size, nint file, int line);

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_fetch", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint CipherFetch(nint library, string name, nint properties);

    [LibraryImport(Library, EntryPoint = "EVP_EncryptInit_ex")]
    public static partial int EncryptInit(nint context, nint cipher, nint engine, byte* key, byte* vector);

    [LibraryImport(Library, EntryPoint = "EVP_DecryptInit_ex")]
    public static partial int DecryptInit(nint context, nint cipher, nint engine, byte* key, byte* vector);

    [LibraryImport(Library, EntryPoint = "EVP_MAC_CTX_set_params")]
    public static partial int MacSetParameters(nint context, OsslParameter* parameters);
}
