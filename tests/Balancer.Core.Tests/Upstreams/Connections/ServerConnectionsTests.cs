namespace Balancer.Upstreams.Connections;

public class ServerConnectionsTests
{
    private readonly ServerConnections _server = new();

    [Fact]
    public void Variants_differ_by_name_and_by_settings()
    {
        var variant = _server.Variant(new ConnectionVariant("a", "1"));

        Assert.Same(variant, _server.Variant(new ConnectionVariant("a", "1")));
        Assert.NotSame(variant, _server.Variant(new ConnectionVariant("b", "1")));
        Assert.NotSame(variant, _server.Variant(new ConnectionVariant("a", "2")));
    }

    [Fact]
    public void A_variant_without_connections_makes_room_for_a_new_one()
    {
        var used = _server.Variant(new ConnectionVariant("used", ""));
        used.OnOpened();
        var first = Fill("first");

        for (var round = 0; round < 10; round++)
        {
            Assert.All(Fill($"{round}"), variant => Assert.False(variant.IsRetired));
        }

        Assert.Same(used, _server.Variant(new ConnectionVariant("used", "")));
        Assert.False(used.IsRetired);

        // A request may still hold one: what it opens now is used once.
        Assert.All(first, variant => Assert.True(variant.IsRetired));
    }

    [Fact]
    public void Where_all_variants_have_connections_those_of_a_new_one_are_used_once()
    {
        var variants = Fill("a", ServerConnections.MaxVariants);
        variants.ForEach(variant => variant.OnOpened());

        Assert.True(_server.Variant(new ConnectionVariant("new", "")).IsRetired);
        variants[7].OnClosed();
        Assert.False(_server.Variant(new ConnectionVariant("new", "")).IsRetired);
        Assert.True(variants[7].IsRetired);
    }

    private List<ServerConnections> Fill(string name, int count = ServerConnections.MaxVariants - 1) =>
        [.. Enumerable.Range(0, count).Select(i => _server.Variant(new ConnectionVariant(name, $"{i}")))];
}
