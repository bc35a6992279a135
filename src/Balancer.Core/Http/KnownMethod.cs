namespace Balancer.Http;

/// <summary>The request methods the gateway treats differently.</summary>
internal enum KnownMethod : byte
{
    /// <summary>Any other token.</summary>
    Other,
    Get,
    Head,
    Post,
    Put,
    Delete,
    Connect,
    Options,
    Trace,
    Patch,
    Lock,
}
