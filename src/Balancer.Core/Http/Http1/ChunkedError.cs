namespace Balancer.Http.Http1;

/// <summary>Why a chunked body is refused. For a request all are 400.</summary>
internal enum ChunkedError : byte
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>The size is not hexadecimal digits alone.</summary>
    InvalidSize,

    /// <summary>The size does not fit into 63 bits.</summary>
    SizeTooLarge,

    /// <summary>A chunk extension that is not <c>;name[=value]</c>.</summary>
    InvalidExtension,

    /// <summary>More bytes of chunk extensions than allowed.</summary>
    ExtensionTooLong,

    /// <summary>A line that ends with LF alone, or CR without LF.</summary>
    InvalidLineEnd,

    /// <summary>The data of a chunk is not followed by CRLF.</summary>
    MissingDataEnd,

    /// <summary>A trailer field that is no valid field, or too many or too large ones.</summary>
    InvalidTrailer,
}
