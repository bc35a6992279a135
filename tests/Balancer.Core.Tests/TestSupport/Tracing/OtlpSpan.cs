namespace Balancer.TestSupport.Tracing;

/// <summary>A span as a collector gets it (opentelemetry-proto, trace/v1).</summary>
internal sealed record OtlpSpan
{
    /// <summary>Kind of a span on the server side of a request.</summary>
    public const int Server = 2;

    /// <summary>Kind of a span on the client side of a request.</summary>
    public const int Client = 3;

    public string TraceId { get; private init; } = "";

    public string SpanId { get; private init; } = "";

    public string ParentId { get; private init; } = "";

    public string TraceState { get; private init; } = "";

    public string Name { get; private init; } = "";

    public int Kind { get; private init; }

    /// <summary>Nanoseconds since 1970.</summary>
    public ulong Start { get; private init; }

    /// <summary>Nanoseconds since 1970.</summary>
    public ulong End { get; private init; }

    /// <summary>0 for none, 2 for an error.</summary>
    public int Status { get; private init; }

    /// <summary>Its attributes as texts.</summary>
    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    /// <summary>The attributes of what it is of.</summary>
    public required IReadOnlyDictionary<string, string> Resource { get; init; }

    /// <summary>The spans of an ExportTraceServiceRequest.</summary>
    public static IEnumerable<OtlpSpan> Read(ReadOnlyMemory<byte> request)
    {
        foreach (var resourceSpans in ProtobufField.Read(request).Where(static field => field.Number == 1))
        {
            var parts = ProtobufField.Read(resourceSpans.Bytes).ToArray();
            var resource = parts.Where(static field => field.Number == 1).SelectMany(static field => AttributesIn(field.Bytes, 1)).ToDictionary();
            foreach (var scope in parts.Where(static field => field.Number == 2))
            {
                foreach (var span in ProtobufField.Read(scope.Bytes).Where(static field => field.Number == 2))
                {
                    yield return ReadOne(span.Bytes, resource);
                }
            }
        }
    }

    private static OtlpSpan ReadOne(ReadOnlyMemory<byte> message, IReadOnlyDictionary<string, string> resource)
    {
        var span = new OtlpSpan { Resource = resource, Attributes = AttributesIn(message, 9).ToDictionary() };
        foreach (var field in ProtobufField.Read(message))
        {
            span = field.Number switch
            {
                1 => span with { TraceId = field.Hex },
                2 => span with { SpanId = field.Hex },
                3 => span with { TraceState = field.Text },
                4 => span with { ParentId = field.Hex },
                5 => span with { Name = field.Text },
                6 => span with { Kind = (int)field.Value },
                7 => span with { Start = field.Value },
                8 => span with { End = field.Value },
                15 => span with { Status = (int)ProtobufField.Read(field.Bytes).SingleOrDefault(static part => part.Number == 3).Value },
                _ => span,
            };
        }

        return span;
    }

    private static IEnumerable<KeyValuePair<string, string>> AttributesIn(ReadOnlyMemory<byte> message, int number)
    {
        foreach (var attribute in ProtobufField.Read(message).Where(field => field.Number == number))
        {
            var parts = ProtobufField.Read(attribute.Bytes).ToArray();
            var value = ProtobufField.Read(parts.Single(static part => part.Number == 2).Bytes).Single();
            yield return new(parts.Single(static part => part.Number == 1).Text, value.Number == 1 ? value.Text : value.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
