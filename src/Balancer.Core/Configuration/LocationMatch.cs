namespace Balancer.Configuration;

/// <summary>nginx's kinds of location.</summary>
public enum LocationMatch
{
    /// <summary><c>/prefix</c>: longest wins, unless a regular expression fits.</summary>
    Prefix,

    /// <summary><c>= /exact</c>: ends the search.</summary>
    Exact,

    /// <summary><c>^~ /prefix</c>: when longest, no regular expression is tried.</summary>
    PrefixNoRegex,

    /// <summary><c>~ regex</c>: first in the file that fits, case-sensitive.</summary>
    Regex,

    /// <summary><c>~* regex</c>: the same, case-insensitive.</summary>
    RegexIgnoreCase,

    /// <summary><c>@name</c>: reached by redirects within the gateway only.</summary>
    Named,
}
