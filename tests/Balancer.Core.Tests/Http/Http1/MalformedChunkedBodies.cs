namespace Balancer.Http.Http1;

/// <summary>Every malformed or smuggling chunked body the decoder must refuse, with the default limits for trailers.</summary>
internal static class MalformedChunkedBodies
{
    private const string Wiki = "4\r\nWiki\r\n";

    /// <summary>The rows.</summary>
    public static IReadOnlyList<MalformedChunkedBody> All { get; } = [.. SizeLines(), .. Extensions(), .. DataEnds(), .. Trailers()];

    /// <summary>The row of a name, for theories, whose data must be plain.</summary>
    public static MalformedChunkedBody Get(string name) => All.Single(r => r.Name == name);

    private static MalformedChunkedBody[] SizeLines() =>
    [
        new("Empty size", "\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidSize),
        new("Text as size", "Wiki", ChunkedError.InvalidSize),
        new("0x before size", "0x4\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidSize),
        new("Signed size", "+4\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidSize),
        new("Negative size", "-4\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidSize),
        new("Space before size", " 4\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidSize),
        new("Tab before size", "\t4\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidSize),
        new("Letter behind size", "4g\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidSize),
        new("Dot in size", "4.0\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidSize),
        new("Comma in size", "4,4\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidSize),
        new("Underscore in size", "1_0\r\n0123456789abcdef\r\n0\r\n\r\n", ChunkedError.InvalidSize),
        new("NUL behind size", "4\0\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidSize),
        new("Extension without size", ";a=b\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidSize),
        new("Fullwidth digit", "\u00ef\u00bc\u0094\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidSize),
        new("Size of 2^63", "8000000000000000\r\n", ChunkedError.SizeTooLarge),
        new("Size of 2^64", "10000000000000000\r\n", ChunkedError.SizeTooLarge),
        new("Size that wraps to 4", "100000000000000000004\r\nWiki\r\n0\r\n\r\n", ChunkedError.SizeTooLarge),
        new("Size of all f", "ffffffffffffffff\r\n", ChunkedError.SizeTooLarge),
        new("17 zeros", "00000000000000000\r\n\r\n", ChunkedError.SizeTooLarge),
        new("LF alone behind size", "4\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidLineEnd),
        new("LF alone behind last size", Wiki + "0\n\r\n", ChunkedError.InvalidLineEnd),
        new("CR alone behind size", "4\rWiki\r\n0\r\n\r\n", ChunkedError.InvalidLineEnd),
        new("CR CR LF behind size", "4\r\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidLineEnd),
    ];

    private static MalformedChunkedBody[] Extensions() =>
    [
        new("Space behind size", "4 \r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidExtension),
        new("Tab behind size", "4\t\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidExtension),
        new("Second size", "4 4\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidExtension),
        new("Semicolon alone", "4;\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidExtension),
        new("Two semicolons", "4;;a\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidExtension),
        new("Space behind semicolon alone", "4; \r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidExtension),
        new("Extension without name", "4;=b\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidExtension),
        new("Extension without value", "4;a=\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidExtension),
        new("Space behind extension", "4;a \r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidExtension),
        new("Space behind extension value", "4;a=b \r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidExtension),
        new("Space in extension", "4;a b\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidExtension),
        new("Open quote", "4;a=\"b\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidExtension),
        new("Backslash before CR in quotes", "4;a=\"b\\\r\n\"\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidExtension),
        new("LF in quotes", "4;a=\"b\n\"\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidLineEnd),
        new("Text behind quotes", "4;a=\"b\"c\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidExtension),
        new("NUL in extension", "4;a\0\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidExtension),
        new("Non-ASCII extension", "4;\u00e4\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidExtension),
        new("LF ends the extension", "4;a\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidLineEnd),
        new("CR in extension", "4;a\rb\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidLineEnd),
        new("Extension of 1025 bytes", "4;" + new string('a', 1024) + "\r\nWiki\r\n0\r\n\r\n", ChunkedError.ExtensionTooLong),
        new("Endless white space", "4" + new string(' ', 5000), ChunkedError.ExtensionTooLong),
        new("Extensions of 17k together", string.Concat(Enumerable.Repeat("1;" + new string('a', 999) + "\r\nx\r\n", 17)), ChunkedError.ExtensionTooLong),
    ];

    private static MalformedChunkedBody[] DataEnds() =>
    [
        new("Data longer than size", "4\r\nWikip\r\n0\r\n\r\n", ChunkedError.MissingDataEnd),
        new("Data shorter than size", "5\r\nWiki\r\n0\r\n\r\n", ChunkedError.MissingDataEnd),
        new("No CRLF behind data", "4\r\nWiki0\r\n\r\n", ChunkedError.MissingDataEnd),
        new("LF alone behind data", "4\r\nWiki\n0\r\n\r\n", ChunkedError.MissingDataEnd),
        new("CR alone behind data", "4\r\nWiki\r0\r\n\r\n", ChunkedError.MissingDataEnd),
        new("Two CRs behind data", "4\r\nWiki\r\r\n0\r\n\r\n", ChunkedError.MissingDataEnd),
        new("Empty line behind data", "4\r\nWiki\r\n\r\n0\r\n\r\n", ChunkedError.InvalidSize),
    ];

    private static MalformedChunkedBody[] Trailers() =>
    [
        new("LF alone ends the trailers", "0\r\nX: 1\r\n\n", ChunkedError.InvalidTrailer),
        new("LF alone ends the body", "0\r\n\n", ChunkedError.InvalidTrailer),
        new("CR alone ends the body", "0\r\n\rX", ChunkedError.InvalidLineEnd),
        new("CR alone ends the trailers", "0\r\nX: 1\r\n\rX\n", ChunkedError.InvalidTrailer),
        new("LF alone behind trailer", "0\r\nX: 1\nY: 2\r\n\r\n", ChunkedError.InvalidTrailer),
        new("Folded trailer", "0\r\nX: 1\r\n 2\r\n\r\n", ChunkedError.InvalidTrailer),
        new("White space line as trailer", "0\r\n \r\n\r\n", ChunkedError.InvalidTrailer),
        new("Space before colon in trailer", "0\r\nX : 1\r\n\r\n", ChunkedError.InvalidTrailer),
        new("Trailer without colon", "0\r\nX\r\n\r\n", ChunkedError.InvalidTrailer),
        new("Request line as trailer", "0\r\nGET /smuggled HTTP/1.1\r\n\r\n", ChunkedError.InvalidTrailer),
        new("Next chunk as trailer", "0\r\n4\r\nWiki\r\n0\r\n\r\n", ChunkedError.InvalidTrailer),
        new("NUL in trailer", "0\r\nX: a\0\r\n\r\n", ChunkedError.InvalidTrailer),
        new("CR in trailer", "0\r\nX: a\rb\r\n\r\n", ChunkedError.InvalidTrailer),
        new("Trailer of 9k", "0\r\nX: " + new string('a', 9000), ChunkedError.InvalidTrailer),
        new("Trailers of 35k", "0\r\n" + string.Concat(Enumerable.Repeat("X: " + new string('a', 7000) + "\r\n", 5)), ChunkedError.InvalidTrailer),
        new("1001 trailers", "0\r\n" + string.Concat(Enumerable.Repeat("X: 1\r\n", 1001)), ChunkedError.InvalidTrailer),
    ];
}
