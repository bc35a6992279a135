using Balancer.Infrastructure;

namespace Balancer.Http.Http2;

/// <summary>What is said of a <see cref="Http2Fault"/>: to the client, and in metrics and logs.</summary>
internal static class Http2Faults
{
    private static readonly string[] s_names = [.. Enum.GetValues<Http2Fault>().Select(fault => SnakeCase.Of(fault.ToString()))];

    /// <summary>How many there are, None included.</summary>
    public static int Count => s_names.Length;

    /// <summary>The name in metrics.</summary>
    public static string Name(Http2Fault fault) => s_names[(int)fault];

    /// <summary>The error code of the GOAWAY.</summary>
    public static Http2ErrorCode Code(Http2Fault fault) => fault == Http2Fault.NoSettings ? Http2ErrorCode.ProtocolError : Http2ErrorCode.EnhanceYourCalm;
}
