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

    /// <summary>The stream is over: the engine has sent what was written, or has given up.</summary>
    public void DisposeContext(Http2Downstream context, Exception? exception) => context.Connection.End(context);
}
