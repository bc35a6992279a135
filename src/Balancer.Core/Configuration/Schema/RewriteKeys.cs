namespace Balancer.Configuration.Schema;

/// <summary>The keys of nginx's rewrite module, of servers and of locations.</summary>
internal static class RewriteKeys
{
    private static IReadOnlyList<LevelKey<RewriteConfig>> All { get; } =
    [
        Key.OptionalRef<RewriteConfig, IReadOnlyList<SetConfig>>(
            "set", new SetType(), static r => r.Set, static (r, v) => r with { Set = v }, null,
            "Sets variables of one's own, before `rewrite`. They are known everywhere, and empty for a request that met no `set` of them.", "{ tenant = \"$http_x_tenant\" }"),
        Key.OptionalRef<RewriteConfig, IReadOnlyList<RewriteRuleConfig>>(
            "rewrite", new ListType<RewriteRuleConfig>(RewriteRuleLevel.Type), static r => r.Rules, static (r, v) => r with { Rules = v }, null,
            "Changes the path and query of requests. The rules of a server run before a location is looked for, those of a location when it was found, in their order; a location whose rules changed the path is left for the one that the new path leads to, ten times at most (then 500), unless `break` says otherwise. A `return` of the level comes after them, and not after a rule with `last` or `break` that fitted. `$uri` and `$args` are the new ones, `$request_uri` is what the client sent. There is no `if`: choose by `map`, or by locations.",
            "[\"^/old/(.*)$ /new/$1 last\", \"^/shop$ https://shop.example.com/ permanent\"]"),
        Key.Always<RewriteConfig, bool>(
            "break", BooleanType.Instance, static r => r.Break, static (r, v) => r with { Break = v }, "false",
            "Whether the request stays in its location whatever `rewrite` made of its path. Not beside `return`, which would never be reached.", "true"),
    ];

    /// <summary>The keys for a level whose record holds them.</summary>
    public static IEnumerable<LevelKey<T>> Lift<T>(Func<T, RewriteConfig> get, Func<T, RewriteConfig, T> with) => All.Select(key => new LiftedKey<T, RewriteConfig>(key, get, with));

    /// <summary>Checks what they say beside <c>return</c>.</summary>
    public static void Check(BoundKeys bound, BindContext context)
    {
        if (bound.Has("break") && bound.Saw("return"))
        {
            context.Fail(bound.PositionOf("break"), "'break' cannot stand beside 'return', which would never be reached");
        }
    }
}
