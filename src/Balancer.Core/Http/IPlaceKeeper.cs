namespace Balancer.Http;

/// <summary>Something that counts requests in progress.</summary>
internal interface IPlaceKeeper
{
    /// <summary>Takes back a place it gave to a request. Called once for each; any thread.</summary>
    void TakeBack(long place);
}
