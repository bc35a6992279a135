namespace Balancer.Http;

/// <summary>The TLS session of a client connection. The values are read when they are asked for first, and kept.</summary>
internal abstract class TlsSession
{
    private byte[]?[]? _fields;

    /// <summary>A value; empty when the session has none. One request at a time, or all get the same bytes.</summary>
    public ReadOnlySpan<byte> Field(TlsField field)
    {
        // The days left grow fewer while the connection lives.
        if (field == TlsField.ClientValidRemain)
        {
            return Read(field);
        }

        var fields = _fields ??= new byte[]?[(int)TlsField.ClientVerify + 1];
        return fields[(int)field] ??= Read(field);
    }

    /// <summary>Reads a value.</summary>
    protected abstract byte[] Read(TlsField field);
}
