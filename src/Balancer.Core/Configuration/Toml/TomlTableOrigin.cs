namespace Balancer.Configuration.Toml;

/// <summary>How a table came to be, which decides who may still add to it.</summary>
internal enum TomlTableOrigin
{
    /// <summary>Named on the way of a header, as <c>a</c> in <c>[a.b]</c>: may still get its own header.</summary>
    Implicit,

    /// <summary>Has its own header, or is the root.</summary>
    Header,

    /// <summary>Made by a dotted key, as <c>a</c> in <c>a.b = 1</c>: dotted keys and sub-tables may add to it, a header of its own may not follow.</summary>
    Dotted,

    /// <summary>Written as <c>{ … }</c>: closed.</summary>
    Inline,
}
