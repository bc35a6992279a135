namespace Balancer.Http;

/// <summary>A client connection as the gateway sees it when it stops.</summary>
internal interface IDrainable
{
    /// <summary>Looks at whether the connection is idle and may be closed. Any thread; running requests are not touched.</summary>
    void Drain();

    /// <summary>Cuts the connection, whatever it is doing. Any thread.</summary>
    void Abort();
}
