using System.Reflection;
using Balancer.TestSupport;

namespace Balancer.Architecture;

/// <summary>Folder = namespace; a file holds one type and bears its name; files stay short.</summary>
public sealed class SourceFileTests
{
    private const int LongestFile = 500;
    private const int LongestMedian = 100;

    /// <summary>Where sources are, and the namespace of that folder.</summary>
    public static TheoryData<string, string> Projects => new()
    {
        { "src/Balancer.Core", "Balancer" },
        { "src/Balancer.Daemon", "Balancer.Daemon" },
        { "tests/Balancer.Core.Tests", "Balancer" },
        { "tests/Balancer.Daemon.Tests", "Balancer.Daemon" },
        { "tests/Balancer.Scenarios", "Balancer" },
        { "bench/Balancer.Benchmarks", "Balancer.Benchmarks" },
    };

    [SourcesTheory]
    [MemberData(nameof(Projects))]
    public void Namespaces_follow_folders(string project, string root)
    {
        var wrong = FilesOf(project)
            .Where(file => file.Types.Count > 0 && file.Namespace != NamespaceOf(file, project, root))
            .Select(file => $"{file}: {file.Namespace}");

        Rule.Holds(wrong);
    }

    [SourcesTheory]
    [MemberData(nameof(Projects))]
    public void A_file_holds_one_type_and_bears_its_name(string project, string root)
    {
        Assert.NotEmpty(root);
        var wrong = FilesOf(project)
            .Where(file => file.Types.Count > 1 || (file.Types.Count == 1 && !IsNamedAfter(file.Path, file.Types[0])))
            .Select(file => $"{file}: {string.Join(", ", file.Types)}");

        Rule.Holds(wrong);
    }

    [SourcesTheory]
    [MemberData(nameof(Projects))]
    public void Files_are_short(string project, string root)
    {
        Assert.NotEmpty(root);
        var files = FilesOf(project).ToList();

        Rule.Holds(files.Where(file => file.Lines > LongestFile).Select(file => $"{file}: {file.Lines} lines"));
        Assert.InRange(files.Select(file => file.Lines).Order().ElementAt(files.Count / 2), 1, LongestMedian);
    }

    [SourcesTheory]
    [MemberData(nameof(Projects))]
    public void Every_type_of_a_project_is_declared_in_a_file_that_is_looked_at(string project, string root)
    {
        // Else a way of writing a declaration that the rules overlook would be a way around them.
        var declared = FilesOf(project).SelectMany(file => file.Types).ToHashSet();
        var compiled = AppDomain.CurrentDomain.GetAssemblies().Where(assembly => $"{assembly.GetName().Name}" == Path.GetFileName(project)).SelectMany(TypesOf);

        Assert.NotEmpty(root);
        Rule.Holds(compiled.Except(declared));
    }

    private static IEnumerable<string> TypesOf(Assembly assembly) => assembly.GetTypes()
        .Where(type => type.DeclaringType is null && type.Namespace?.StartsWith("Balancer", StringComparison.Ordinal) == true && !type.Name.StartsWith('<'))
        .Select(type => type.Name.Split('`')[0]);

    private static IEnumerable<SourceFile> FilesOf(string project) => SourceFile.Below(RepositoryFiles.PathOf(project));

    private static string NamespaceOf(SourceFile file, string project, string root)
    {
        var folder = Path.GetDirectoryName(Path.GetRelativePath(project, file.Path))!.Replace('/', '.');
        return folder.Length == 0 ? root : $"{root}.{folder}";
    }

    /// <summary>A part of a type may say in the name of its file which part it is: Name.Part.cs.</summary>
    private static bool IsNamedAfter(string path, string type) => Path.GetFileName(path).Split('.')[0] == type;
}
