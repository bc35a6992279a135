using System.Runtime.InteropServices;

namespace Balancer.Tls.OpenSsl;

/// <summary><c>OSSL_PARAM</c> of OpenSSL 3: one named value; a list ends with one that is all zero.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OsslParameter
{
    private const uint Utf8Text = 4;
    private const uint OctetString = 5;

    private byte* _key;
    private uint _type;
    private void* _data;
    private nuint _size;
    private nuint _returnSize;

    /// <summary>Bytes under a name. Both must stay where they are until the call is over.</summary>
    public static OsslParameter Bytes(byte* key, byte* data, int size) => new() { _key = key, _type = OctetString, _data = data, _size = (nuint)size, _returnSize = nuint.MaxValue };

    /// <summary>A text under a name.</summary>
    public static OsslParameter Text(byte* key, byte* data, int size) => new() { _key = key, _type = Utf8Text, _data = data, _size = (nuint)size, _returnSize = nuint.MaxValue };
}
