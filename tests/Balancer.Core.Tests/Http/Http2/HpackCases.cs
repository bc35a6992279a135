using Balancer.TestSupport.Http2;

namespace Balancer.Http.Http2;

/// <summary>Header compression: RFC 7541.</summary>
internal static class HpackCases
{
    private static readonly ProtocolOutcome CompressionError = ProtocolOutcome.Connection(ErrorCode.CompressionError);
    private static readonly ProtocolOutcome Ok = ProtocolOutcome.Response(200);

    /// <summary>:method GET, :scheme http, :path / of the static table, and an authority.</summary>
    private static byte[] Plain => [0x82, 0x86, 0x84, 0x41, 4, .. "test"u8];

    public static IEnumerable<ProtocolCase> All =>
    [
        Block("7541 6.1", "fields of the static table", Plain, Ok),
        Block("7541 6.1", "index 0", [.. Plain, 0x80], CompressionError),
        Block("7541 2.3.3", "index behind the dynamic table", [.. Plain, 0xff, 0x7f], CompressionError),
        Block("7541 2.3.3", "index of an empty dynamic table", [0x82, 0x86, 0x84, 0xbe], CompressionError),
        Block("7541 2.3.3", "name by an index behind the tables", [.. Plain, 0x7f, 0x20, 1, (byte)'a'], CompressionError),
        Block("7541 6.2.1", "field of the dynamic table", [.. Plain, .. HpackWriter.Indexed("x-a", "1"), 0xbe], Ok),
        Block("7541 6.2.3", "literal that is never indexed", [.. Plain, 0x10, .. HpackWriter.Text("x-a"), .. HpackWriter.Text("1")], Ok),
        Block("7541 4.4", "field larger than the dynamic table", [.. Plain, .. HpackWriter.Indexed("x-a", new string('a', 4100)), .. HpackWriter.Literal("x-b", "1")], Ok),
        Block("7541 4.2", "size update", [0x20, .. Plain], Ok),
        Block("7541 4.2", "size update to the limit", [0x3f, 0xe1, 0x1f, .. Plain], Ok),
        Block("7541 4.2", "two size updates", [0x20, 0x3f, 0xe1, 0x1f, .. Plain], Ok),
        Block("7541 4.2", "size update above the limit", [0x3f, 0xe2, 0x1f, .. Plain], CompressionError),
        Block("7541 4.2", "size update behind a field", [.. Plain, 0x20], CompressionError),
        Block("7541 5.1", "integer without end", [.. Plain, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], CompressionError),
        Block("7541 5.1", "integer above 2^31", [.. Plain, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], CompressionError),
        Block("7541 5.1", "integer cut off", [.. Plain, 0xff], CompressionError),
        Block("7541 5.2", "string longer than the block", [.. Plain, 0, 1, (byte)'x', 20, (byte)'1'], CompressionError),
        Block("7541 5.2", "block that ends behind a name", [.. Plain, 0, 1, (byte)'x'], CompressionError),
        Block("7541 5.2", "Huffman coding", [0x82, 0x86, 0x84, 0x41, 0x8c, 0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff], Ok),
        Block("7541 5.2", "Huffman coding padded with a whole byte", [.. Plain, 0, 1, (byte)'x', 0x82, 0x1f, 0xff], CompressionError),
        Block("7541 5.2", "Huffman coding padded with zeros", [.. Plain, 0, 1, (byte)'x', 0x81, 0x18], CompressionError),
        Block("7541 5.2", "Huffman coding with EOS", [.. Plain, 0, 1, (byte)'x', 0x84, 0xff, 0xff, 0xff, 0xff], CompressionError),
        Block("7541 5.2", "Huffman coding of LF", [.. Plain, 0, 1, (byte)'x', 0x84, 0xff, 0xff, 0xff, 0xf3], ProtocolOutcome.Connection(ErrorCode.ProtocolError)),
        Block("9113 8.2.1", "LF in a field of the dynamic table", [.. Plain, .. HpackWriter.Indexed("x-a", "1\ny: 2"), 0xbe], ProtocolOutcome.Connection(ErrorCode.ProtocolError)),
        new("4.3", "field kept for the next request", [.. Headers(1, [.. Plain, .. HpackWriter.Indexed("x-a", "1")]), .. Headers(3, [0x82, 0x86, 0x84, 0xbf, 0xbe])], ProtocolOutcome.Response(200, 3)) { Passed = 2 },
        new("4.3", "block of a stream that was refused is read all the same", [.. Headers(1, [.. Plain, .. HpackWriter.Indexed("te", "gzip-not")]), .. Frames.Get(3)], ProtocolOutcome.Connection(ErrorCode.ProtocolError)),
    ];

    private static ProtocolCase Block(string section, string name, byte[] block, ProtocolOutcome outcome) =>
        new(section, name, Headers(1, block), outcome) { Passed = outcome.Status == 200 ? 1 : 0 };

    private static byte[] Headers(int stream, byte[] block) => Frames.Of(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, stream, block);
}
