namespace Balancer.Http.Http2;

/// <summary>How far an HTTP/2 connection is on its way from its preface to its end.</summary>
internal enum Http2Phase : byte
{
    /// <summary>Streams come and go.</summary>
    Open,

    /// <summary>The client has been told to open no more; those on their way are still taken.</summary>
    Leaving,

    /// <summary>No stream is taken; the connection closes with the last one.</summary>
    Closing,

    /// <summary>The connection is gone; the engine is given the time to notice.</summary>
    Closed,

    /// <summary>The engine has not noticed.</summary>
    Abandoned,
}
