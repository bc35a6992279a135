using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Balancer.Http.Tracing;

namespace Balancer.Observability.Tracing;

/// <summary>Makes spans. Each is an <see cref="Activity"/> that is nobody's current one: requests change threads, and none of the framework's own clients is to see it.</summary>
internal static class Spans
{
    /// <summary>The instrumentation scope of the spans.</summary>
    public const string SourceName = "Balancer";

    /// <summary>Longest text of an attribute, in characters: spans wait in memory, and clients choose what is in them.</summary>
    public const int LongestText = 1024;

    private static readonly ActivitySource s_source = new(SourceName, typeof(Spans).Assembly.GetName().Version?.ToString(3));

    /// <summary>Spans are made for requests that were chosen before; the library is not asked again.</summary>
    private static readonly ActivityListener s_listener = Listen();

    /// <summary>Starts a span.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="kind">Which side of a request it is.</param>
    /// <param name="parent">What it is part of.</param>
    /// <param name="timestamp">Stopwatch timestamp of its start.</param>
    public static Activity Start(string name, ActivityKind kind, ActivityContext parent, long timestamp)
    {
        GC.KeepAlive(s_listener);
        var span = s_source.CreateActivity(name, kind, parent) ?? throw new InvalidOperationException("there is no listener for spans");
        var current = Activity.Current;
        span.SetStartTime(TimeOf(timestamp));
        span.Start();
        Activity.Current = current;
        return span;
    }

    /// <summary>Ends a span.</summary>
    /// <param name="span">The span.</param>
    /// <param name="ticks">Its length in Stopwatch ticks.</param>
    /// <param name="sink">Where it goes.</param>
    public static void End(Activity span, long ticks, ISpanSink sink)
    {
        var length = Stopwatch.GetElapsedTime(0, ticks);
        span.SetEndTime(span.StartTimeUtc + (length > TimeSpan.Zero ? length : TimeSpan.FromTicks(1)));
        var current = Activity.Current;
        span.Stop();
        Activity.Current = current;
        sink.Add(span);
    }

    /// <summary>What the gateway's span is part of: the caller's span, or nothing but its trace.</summary>
    public static ActivityContext ContextOf(RequestTrace trace)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(id, trace.TraceId);
        var traceId = ActivityTraceId.CreateFromBytes(id);
        BinaryPrimitives.WriteUInt64BigEndian(id, trace.Parent.SpanId);
        return new ActivityContext(traceId, trace.Parent.SpanId == 0 ? default : ActivitySpanId.CreateFromBytes(id[..8]), ActivityTraceFlags.Recorded, isRemote: true);
    }

    /// <summary>Bytes of a message as the text of an attribute.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes.Length > LongestText * 4 ? bytes[..(LongestText * 4)] : bytes);
        return text.Length > LongestText ? text[..LongestText] : text;
    }

    private static DateTime TimeOf(long timestamp) => DateTime.UtcNow - Stopwatch.GetElapsedTime(timestamp);

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
