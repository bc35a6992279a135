namespace Balancer.Tls.OpenSsl;

/// <summary>Certificates, a key or revocation lists read from a PEM file. Owns them; what OpenSSL is given takes references of its own.</summary>
internal sealed unsafe class PemObjects : IDisposable
{
    private readonly List<nint> _certificates = [];
    private readonly List<nint> _crls = [];

    private PemObjects()
    {
    }

    /// <summary>The certificates (<c>X509</c>) in the order of the file.</summary>
    public IReadOnlyList<nint> Certificates => _certificates;

    /// <summary>The revocation lists (<c>X509_CRL</c>) in the order of the file.</summary>
    public IReadOnlyList<nint> Crls => _crls;

    /// <summary>The private key (<c>EVP_PKEY</c>); 0 when the file has none that can be read.</summary>
    public nint Key { get; private set; }

    /// <summary>Reads all certificates.</summary>
    public static PemObjects ReadCertificates(byte[] pem)
    {
        var objects = new PemObjects();
        Read(pem, bio => Add(objects._certificates, LibCrypto.PemReadCertificate(bio, 0, 0, 0)));
        return objects;
    }

    /// <summary>Reads certificates that were written by <see cref="ToDer"/>.</summary>
    public static PemObjects FromDer(params ReadOnlySpan<byte[]> certificates)
    {
        var objects = new PemObjects();
        foreach (var der in certificates)
        {
            fixed (byte* start = der)
            {
                var at = start;
                objects._certificates.Add(LibCrypto.CertificateFromDer(0, &at, der.Length));
            }
        }

        return objects;
    }

    /// <summary>Reads all revocation lists.</summary>
    public static PemObjects ReadCrls(byte[] pem)
    {
        var objects = new PemObjects();
        Read(pem, bio => Add(objects._crls, LibCrypto.PemReadCrl(bio, 0, 0, 0)));
        return objects;
    }

    /// <summary>Reads the first private key.</summary>
    public static PemObjects ReadKey(byte[] pem)
    {
        var objects = new PemObjects();
        Read(pem, bio =>
        {
            objects.Key = LibCrypto.PemReadPrivateKey(bio, 0, (nint)(delegate* unmanaged[Cdecl]<byte*, int, int, nint, int>)&RefusePassword, 0);
            return false;
        });
        return objects;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificates.ForEach(LibCrypto.CertificateFree);
        _certificates.Clear();
        _crls.ForEach(LibCrypto.CrlFree);
        _crls.Clear();
        LibCrypto.KeyFree(Key);
        Key = 0;
    }

    /// <summary>A certificate as DER.</summary>
    public static byte[] ToDer(nint certificate)
    {
        var der = new byte[Math.Max(0, LibCrypto.CertificateToDer(certificate, null))];
        fixed (byte* start = der)
        {
            var at = start;
            _ = LibCrypto.CertificateToDer(certificate, &at);
        }

        return der;
    }

    private static bool Add(List<nint> list, nint item)
    {
        if (item == 0)
        {
            // The end of the file, which OpenSSL reports as an error.
            LibCrypto.ClearErrors();
            return false;
        }

        list.Add(item);
        return true;
    }

    private static void Read(byte[] pem, Func<nint, bool> readNext)
    {
        if (pem.Length == 0)
        {
            return;
        }

        fixed (byte* data = pem)
        {
            var bio = LibCrypto.BioNewMemory(data, pem.Length);
            LibCrypto.ClearErrors();
            while (readNext(bio))
            {
            }

            _ = LibCrypto.BioFree(bio);
        }
    }

    /// <summary>Without it OpenSSL asks for the password of an encrypted key on the terminal.</summary>
    [System.Runtime.InteropServices.UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static int RefusePassword(byte* buffer, int size, int isWriting, nint argument) => -1;
}
