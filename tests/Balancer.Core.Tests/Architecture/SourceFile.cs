using System.Text.RegularExpressions;
using Balancer.TestSupport;

namespace Balancer.Architecture;

/// <summary>A source file, as the rules about files see it.</summary>
/// <param name="path">Where it is.</param>
internal sealed partial class SourceFile(string path)
{
    /// <summary>The path below the root of the checkout.</summary>
    public string Path { get; } = System.IO.Path.GetRelativePath(RepositoryFiles.Root, path);

    public string Text { get; } = File.ReadAllText(path);

    public int Lines => Text.AsSpan().Count('\n');

    /// <summary>The namespace it declares; empty without one.</summary>
    public string Namespace => NamespaceLine().Match(Text).Groups[1].Value;

    /// <summary>The names of the types it declares that are not within another.</summary>
    public IReadOnlyList<string> Types => [.. TypeLine().Matches(Text).Select(match => match.Groups[1].Value)];

    /// <summary>The files below a folder; none when the tests run without their sources.</summary>
    public static IEnumerable<SourceFile> Below(string folder) => !Directory.Exists(folder)
        ? []
        : Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(file => new SourceFile(file));

    public override string ToString() => Path;

    [GeneratedRegex(@"^namespace ([\w.]+);$", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    // A type within another is indented.
    [GeneratedRegex(@"^(?:(?:public|internal|file|sealed|static|abstract|readonly|ref|partial|unsafe) )*(?:class|struct|interface|enum|record struct|record class|record|delegate [\w<>\[\],.? ]+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeLine();
}
