namespace Balancer.Configuration;

/// <summary>How OTLP is carried.</summary>
public enum OtlpProtocol : byte
{
    /// <summary>By gRPC.</summary>
    Grpc,

    /// <summary>By HTTP/1.1 with payloads in protobuf.</summary>
    HttpProtobuf,
}
