namespace Balancer.Configuration;

/// <summary>One line of <c>error_page</c>: <c>"500 502 503 =200 /sorry"</c>.</summary>
/// <param name="Source">Where it stands.</param>
/// <param name="Statuses">The statuses it stands for, 300 to 599.</param>
/// <param name="Response">The status the client gets: null keeps the original one, 0 (<c>=</c> alone) takes that of the target.</param>
/// <param name="Target">A path, the name of a location (<c>@name</c>) or a URL; may hold variables.</param>
public sealed record ErrorPageConfig(SourceLocation Source, IReadOnlyList<int> Statuses, int? Response, ConfigText Target);
