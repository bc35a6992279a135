using Balancer.TestSupport.Http2;

namespace Balancer.Http.Http2;

/// <summary>What a client gets for its frames.</summary>
/// <param name="Kind">How far the error reaches.</param>
/// <param name="Error">The code.</param>
/// <param name="Stream">The stream looked at.</param>
/// <param name="Status">The status, when a response is due.</param>
internal sealed record ProtocolOutcome(ProtocolOutcomeKind Kind, ErrorCode Error = ErrorCode.NoError, int Stream = 1, int Status = 0)
{
    /// <summary>GOAWAY with the code, and the connection ends.</summary>
    public static ProtocolOutcome Connection(ErrorCode error) => new(ProtocolOutcomeKind.Connection, error);

    /// <summary>RST_STREAM with the code, and the connection goes on.</summary>
    public static ProtocolOutcome Reset(ErrorCode error, int stream = 1) => new(ProtocolOutcomeKind.Stream, error, stream);

    /// <summary>A response, and the connection goes on.</summary>
    public static ProtocolOutcome Response(int status, int stream = 1) => new(ProtocolOutcomeKind.Response, Stream: stream, Status: status);

    /// <summary>The connection goes on, and that is all.</summary>
    public static ProtocolOutcome Nothing => new(ProtocolOutcomeKind.Nothing);

    public override string ToString() => Kind switch
    {
        ProtocolOutcomeKind.Response => $"{Status}",
        ProtocolOutcomeKind.Nothing => "nothing",
        _ => $"{Kind} {Error}",
    };
}
