namespace Balancer.Infrastructure;

/// <summary>The promise of a call that threw before it first waited; not pooled, for exceptions are bugs.</summary>
internal sealed class FaultedAsyncBox<TResult> : PooledAsyncBox<TResult>
{
    public override TResult GetResult(short token) => Source.GetResult(token);
}
