namespace Balancer.Http.Http2;

/// <summary>How far the consequence of a frame reaches.</summary>
internal enum ProtocolOutcomeKind
{
    Nothing,
    Response,
    Stream,
    Connection,
}
