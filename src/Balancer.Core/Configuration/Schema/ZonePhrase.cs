namespace Balancer.Configuration.Schema;

/// <summary><c>zone = "name 64k"</c>: read so that it may be kept, and needless, since the process shares one state.</summary>
/// <param name="Name">The name.</param>
/// <param name="Size">Bytes of memory; null when not written.</param>
internal sealed record ZonePhrase(string Name, long? Size)
{
    public static ConfigLevel<ZonePhrase> Level { get; } = new("zone",
    [
        Key.Always<ZonePhrase, string>("name", TextType.Line, static z => z.Name, static (z, v) => z with { Name = v }, null, "The name.", "\"api\"", required: true),
        Key.Optional<ZonePhrase, long>("size", new SizeType(1, long.MaxValue), static z => z.Size, static (z, v) => z with { Size = v }, null, "The size.", "\"64k\""),
    ]);

    public static PhraseType<ZonePhrase> Type { get; } = new(Level, static _ => new ZonePhrase("", null), ["name", "size"], "a phrase such as \"api 64k\"");
}
