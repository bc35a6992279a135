using System.Reflection;
using System.Text.RegularExpressions;
using Balancer.Proxy;
using Balancer.TestSupport;

namespace Balancer.Architecture;

/// <summary>Dependencies between rooms run one way. Asserted from what the compiled assembly refers to, and from the sources for constants, which leave no trace in it.</summary>
public sealed class DependencyTests
{
    private static readonly Type[] OurTypes = [.. typeof(GatewayHost).Assembly.GetTypes().Where(type => Rooms.Of(type.Namespace) is not null)];

    private static readonly Lazy<List<(Type From, Type To)>> LazyReferences = new(() =>
    [
        .. from type in OurTypes
           from used in TypeUses.Of(type)
           where used.Assembly == type.Assembly && Rooms.Of(used.Namespace) is not null
           select (type, used),
    ]);

    private static List<(Type From, Type To)> References => LazyReferences.Value;

    /// <summary>Whether every way to use a type is seen; else the rules below would hold of anything.</summary>
    [Theory]
    [InlineData(typeof(Version))]
    [InlineData(typeof(Stack<>))]
    [InlineData(typeof(Uri))]
    [InlineData(typeof(Half))]
    [InlineData(typeof(Random))]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(Guid))]
    [InlineData(typeof(DateOnly))]
    [InlineData(typeof(ObsoleteAttribute))]
    [InlineData(typeof(IAsyncDisposable))]
    [InlineData(typeof(StringComparer))]
    public void Uses_of_types_are_found_wherever_they_are(Type used)
    {
        var found = OfFamily(typeof(UsesOfAllKinds)).SelectMany(TypeUses.Of);

        Assert.Contains(used, found);
    }

    [Fact]
    public void Every_namespace_is_in_a_room_that_is_known()
    {
        var unknown = OurTypes.Select(type => Rooms.Of(type.Namespace)!).Distinct().Except(Rooms.Allowed.Keys);

        Rule.Holds(unknown);
    }

    [Fact]
    public void Rooms_refer_only_to_those_they_may_know()
    {
        var wrong = from use in References
                    let user = Rooms.Of(use.From.Namespace)!
                    let used = Rooms.Of(use.To.Namespace)!
                    where user != used && !Rooms.Allowed[user].Contains(used)
                    select Show(use);

        Rule.Holds(wrong);
    }

    [Fact]
    public void Nothing_refers_to_the_proxy()
    {
        var wrong = References.Where(use => Rooms.Of(use.To.Namespace) == "Proxy" && Rooms.Of(use.From.Namespace) != "Proxy").Select(Show);

        Rule.Holds(wrong);
    }

    [Fact]
    public void Configuration_refers_to_nothing_but_infrastructure()
    {
        var wrong = References.Where(use => Rooms.Of(use.From.Namespace) == "Configuration" && Rooms.Of(use.To.Namespace) is not ("Configuration" or "Infrastructure")).Select(Show);

        Rule.Holds(wrong);
    }

    [Fact]
    public void Folders_of_a_room_do_not_look_over_its_walls()
    {
        var wrong = from use in References
                    from wall in Rooms.Walls
                    where IsWithin(use.From, wall.Key) && wall.Value.Any(hidden => IsWithin(use.To, hidden))
                    select Show(use);

        Rule.Holds(wrong);
    }

    [SourcesFact]
    public void Sources_name_only_the_rooms_they_may_know()
    {
        var core = RepositoryFiles.PathOf("src", "Balancer.Core");
        var wrong = new List<string>();
        foreach (var file in SourceFile.Below(core))
        {
            var from = Rooms.Of(file.Namespace)!;
            foreach (Match match in Regex.Matches(file.Text, @"^using (?:static )?(?:\w+ = )?(Balancer\.[\w.]+)", RegexOptions.Multiline))
            {
                var to = Rooms.Of(match.Groups[1].Value)!;
                if (from != to && !Rooms.Allowed[from].Contains(to))
                {
                    wrong.Add($"{file}: {match.Value}");
                }
            }
        }

        Rule.Holds(wrong);
    }

    private static string Show((Type From, Type To) use) => $"{use.From} refers to {use.To}";

    private static bool IsWithin(Type type, string folder) =>
        Rooms.Folder(type.Namespace) is { } own && (own == folder || own.StartsWith(folder + ".", StringComparison.Ordinal));

    private static IEnumerable<Type> OfFamily(Type type) =>
        type.GetNestedTypes(BindingFlags.NonPublic | BindingFlags.Public).SelectMany(OfFamily).Prepend(type);
}
