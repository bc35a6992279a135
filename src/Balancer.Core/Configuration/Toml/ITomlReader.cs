namespace Balancer.Configuration.Toml;

/// <summary>Reads TOML 1.0. The one door to the reader, so that another one could take its place.</summary>
internal interface ITomlReader
{
    /// <summary>Reads a document.</summary>
    /// <param name="utf8">The file as it stands on disk; a byte order mark is allowed.</param>
    /// <returns>The tree of all that could be read, and every fault found. Never throws on any input.</returns>
    TomlDocument Read(ReadOnlySpan<byte> utf8);
}
