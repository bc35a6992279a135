namespace Balancer.Http;

/// <summary>A client side that remembers the fields of one head.</summary>
internal sealed class FieldRecorder : FieldTaker
{
    /// <summary>The fields, in order.</summary>
    public List<(string Name, string Value)> Fields { get; } = [];

    public override void AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Fields.Add((System.Text.Encoding.Latin1.GetString(name), System.Text.Encoding.Latin1.GetString(value)));
}
