namespace Balancer.Upstreams;

/// <summary>How a try on an upstream server ended, as far as the server's health is concerned.</summary>
internal enum PickOutcome : byte
{
    /// <summary>The server answered; 403 and 404 that go to the next server count as answered too, as in nginx.</summary>
    Success,

    /// <summary>The server is charged with a failure (<c>max_fails</c>).</summary>
    Failed,

    /// <summary>Nobody's fault or the client's: neither a failure nor a sign of life, and no try is spent.</summary>
    NoFault,
}
