using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Balancer.Http.Http2;

/// <summary>What the engine hands its streams to.</summary>
internal sealed class Http2Application : IHttpApplication<Http2Downstream>
{
    /// <inheritdoc/>
    public Http2Downstream CreateContext(IFeatureCollection contextFeatures) => contextFeatures.GetRequiredFeature<Http2Connection>().Begin(contextFeatures);

    /// <inheritdoc/>
    public Task ProcessRequestAsync(Http2Downstream context) => context.RunAsync();

    /// <summary>The request is over. What was written last may still wait in the engine until the client takes it; <see cref="Http2Connection"/> watches that it does.</summary>
    public void DisposeContext(Http2Downstream context, Exception? exception) => context.Connection.End(context);
}
