namespace Balancer.Configuration;

/// <summary><c>least_time</c>: which time of a server is averaged.</summary>
public enum LeastTimeMeasure
{
    /// <summary><c>header</c>: until the response head.</summary>
    Header,

    /// <summary><c>last_byte</c>: until the end of the response.</summary>
    LastByte,

    /// <summary><c>last_byte inflight</c>: requests still running count too.</summary>
    LastByteInflight,
}
