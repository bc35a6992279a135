namespace Balancer.Configuration.Toml;

/// <summary>The types of TOML 1.0.</summary>
internal enum TomlKind
{
    /// <summary>Text.</summary>
    String,

    /// <summary>64-bit signed integer.</summary>
    Integer,

    /// <summary>64-bit floating point number.</summary>
    Float,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>Date and time with an offset from UTC.</summary>
    OffsetDateTime,

    /// <summary>Date and time without an offset.</summary>
    LocalDateTime,

    /// <summary>Date alone.</summary>
    LocalDate,

    /// <summary>Time of day alone.</summary>
    LocalTime,

    /// <summary>Array, or array of tables.</summary>
    Array,

    /// <summary>Table.</summary>
    Table,
}
