namespace Balancer.Configuration.Schema;

/// <summary>Makes the keys of the tables in this folder; nginx's directive of the same name is the origin unless another is given.</summary>
internal static class Key
{
    /// <summary>A key of a member that always has a value.</summary>
    public static LevelKey<T> Always<T, TValue>(
        string name, ValueType<TValue> type, Func<T, TValue> get, Func<T, TValue, T> with, string? whenAbsent, string summary, string example, string? origin = null, bool required = false)
        => new ValueKey<T, TValue>(name, type, source => (true, get(source)), with)
        {
            Default = whenAbsent,
            Summary = summary,
            Example = example,
            Origin = origin ?? Nginx(name),
            Required = required,
        };

    /// <summary>A key of a member that is null when it was not written.</summary>
    public static LevelKey<T> Optional<T, TValue>(
        string name, ValueType<TValue> type, Func<T, TValue?> get, Func<T, TValue, T> with, string? whenAbsent, string summary, string example, string? origin = null)
        where TValue : struct
        => new ValueKey<T, TValue>(name, type, source => get(source) is { } value ? (true, value) : default, with)
        {
            Default = whenAbsent,
            Summary = summary,
            Example = example,
            Origin = origin ?? Nginx(name),
            IsOptional = true,
        };

    /// <summary>A key of a member that is null when it was not written.</summary>
    public static LevelKey<T> OptionalRef<T, TValue>(
        string name, ValueType<TValue> type, Func<T, TValue?> get, Func<T, TValue, T> with, string? whenAbsent, string summary, string example, string? origin = null)
        where TValue : class
        => new ValueKey<T, TValue>(name, type, source => get(source) is { } value ? (true, value) : default, with)
        {
            Default = whenAbsent,
            Summary = summary,
            Example = example,
            Origin = origin ?? Nginx(name),
            IsOptional = true,
        };

    private static string Nginx(string name) => $"nginx `{name}`";
}
