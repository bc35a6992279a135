namespace Balancer.Configuration.Schema;

/// <summary>Writes a table with its header, the tables below it after its keys. What was not set is shown as a comment with its default.</summary>
internal static class SectionWriter
{
    /// <summary>Writes a table.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="header">Its header, brackets included; empty at the top.</param>
    /// <param name="level">Its keys.</param>
    /// <param name="source">The record.</param>
    /// <param name="path">Its dotted name.</param>
    public static void Write<T>(TextWriter writer, string header, ConfigLevel<T> level, T source, string path)
    {
        if (header.Length > 0)
        {
            writer.Write($"\n{header}\n");
        }

        foreach (var key in level.LevelKeys)
        {
            var written = key.Write(source);
            if (written is not null && (key.IsOptional || written != key.Default))
            {
                writer.Write($"{key.Name} = {written}\n");
            }
            else if (written is not null || (header.Length == 0 && key.Default is not null))
            {
                writer.Write($"# {key.Name} = {key.Default}\n");
            }
        }

        foreach (var key in level.LevelKeys)
        {
            if (key is SectionKey<T> section)
            {
                section.WriteSections(source, writer, path);
            }
        }
    }
}
