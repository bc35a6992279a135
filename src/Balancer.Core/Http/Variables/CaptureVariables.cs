using System.Text;
using Balancer.Infrastructure;

namespace Balancer.Http.Variables;

/// <summary>Captures of the regular expression that chose the virtual server or location.</summary>
internal static class CaptureVariables
{
    /// <summary><c>$1</c> to <c>$9</c>.</summary>
    public static VariableReader ByNumber(int number) =>
        (exchange, output) => exchange.Captures is { } captures && number < captures.Length && Append(captures[number], output);

    /// <summary>A named capture of the location or the server name; without a value when another regular expression fitted.</summary>
    public static VariableReader ByName(string name) => (exchange, output) =>
        Write(name, exchange.CaptureNames, exchange.Captures, output)
        || (exchange.EarlierCaptures.Count > 0 && WriteEarlier(name, exchange, output))
        || Write(name, exchange.ServerCaptureNames, exchange.ServerCaptures, output);

    private static bool Write(string name, string?[]? names, string[]? captures, ByteBuffer output)
    {
        for (var i = 0; i < names?.Length; i++)
        {
            if (string.Equals(names[i], name, StringComparison.OrdinalIgnoreCase))
            {
                return i < captures?.Length && Append(captures[i], output);
            }
        }

        return false;
    }

    private static bool WriteEarlier(string name, HttpExchange exchange, ByteBuffer output)
    {
        for (var i = exchange.EarlierCaptures.Count - 1; i >= 0; i--)
        {
            if (Write(name, exchange.EarlierCaptures[i].Names, exchange.EarlierCaptures[i].Values, output))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Append(string value, ByteBuffer output)
    {
        output.Advance(Encoding.Latin1.GetBytes(value, output.GetSpan(value.Length)));
        return true;
    }
}
