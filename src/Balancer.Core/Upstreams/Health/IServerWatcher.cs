namespace Balancer.Upstreams.Health;

/// <summary>Is told of the servers a pool goes on with, before the first request can get one of them.</summary>
internal interface IServerWatcher
{
    /// <summary>The pool goes on with these servers. Called under the pool's gate.</summary>
    void Meet(UpstreamServerSet servers);
}
