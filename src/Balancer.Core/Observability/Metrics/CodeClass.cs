namespace Balancer.Observability.Metrics;

/// <summary>Classes of status codes, as the label <c>code</c> shows them.</summary>
internal static class CodeClass
{
    /// <summary>How many classes there are: none, and 1xx to 5xx.</summary>
    public const int Count = 6;

    private static readonly string[] Names = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];

    /// <summary>The class of a status, from 0 for none or an impossible one to 5.</summary>
    public static int Of(int status) => (uint)(status - 100) < 500 ? status / 100 : 0;

    /// <summary>The label of a class.</summary>
    public static string Name(int codeClass) => Names[codeClass];
}
