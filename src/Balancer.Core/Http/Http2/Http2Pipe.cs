using System.IO.Pipelines;

namespace Balancer.Http.Http2;

/// <summary>Both directions of a connection.</summary>
internal sealed record Http2Pipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
