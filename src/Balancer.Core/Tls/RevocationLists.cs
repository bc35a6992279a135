using Balancer.Tls.OpenSsl;

namespace Balancer.Tls;

/// <summary>The revoked certificates of <c>ssl_crl</c> and <c>proxy_ssl_crl</c>.</summary>
internal static class RevocationLists
{
    // X509_V_FLAG_CRL_CHECK and X509_V_FLAG_CRL_CHECK_ALL: of each certificate of a chain.
    private const nuint CheckAll = 0x4 | 0x8;

    /// <summary>Has a store refuse certificates that are on one of the lists, and those for whose issuer there is none.</summary>
    /// <param name="store">The store.</param>
    /// <param name="pem">The lists.</param>
    /// <returns>False when there is no list.</returns>
    public static bool TryAdd(nint store, byte[] pem)
    {
        using var lists = PemObjects.ReadCrls(pem);
        foreach (var list in lists.Crls)
        {
            _ = LibCrypto.StoreAddCrl(store, list);
        }

        _ = LibCrypto.StoreSetFlags(store, CheckAll);
        return lists.Crls.Count > 0;
    }
}
