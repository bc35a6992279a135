using System.Globalization;
using System.Text;
using Balancer.Configuration;
using Balancer.Http.Variables;

namespace Balancer.Routing.Maps;

/// <summary>Compiles a <c>[split_clients.NAME]</c>.</summary>
internal sealed class SplitCompiler(SplitClientsConfig config, VariableScope scope, ICollection<ConfigError> errors)
{
    /// <summary>All clients, in hundredths of a percent.</summary>
    private const int All = 10_000;

    /// <summary>Compiles it; with faults, which are added to the errors, the result must not be used.</summary>
    /// <param name="uses">The variables its texts refer to.</param>
    public SplitTable Compile(out IEnumerable<string> uses)
    {
        var source = TextTemplate.Compile(config.Source, scope, errors);
        uses = source.VariableNames;
        var parts = new List<(uint, byte[])>();
        byte[] rest = [];
        var sum = 0;
        var end = 0u;
        for (var i = 0; i < config.Values.Count; i++)
        {
            var (key, value) = config.Values[i];
            if (value.Value.Contains('$', StringComparison.Ordinal))
            {
                Fail(value, $"found '{value.Value}', expected a text without variables, as in nginx; a map of ${config.Name} can give one");
            }

            var bytes = Encoding.UTF8.GetBytes(value.Value);
            if (key.Value == "*" && i == config.Values.Count - 1)
            {
                rest = bytes;
            }
            else if (!TryParse(key.Value, out var share))
            {
                Fail(key, $"found '{key.Value}', expected a share from '0.01%' to '100%', or '*' in the end");
            }
            else if ((sum += share) > All)
            {
                Fail(key, $"the shares add up to {sum / 100m}%, expected 100% at most");
            }
            else
            {
                end += (uint)((ulong)share * uint.MaxValue / All);
                parts.Add((end, bytes));
            }
        }

        return new SplitTable(source, [.. parts], rest);
    }

    private static bool TryParse(string text, out int share)
    {
        share = 0;
        if (!text.EndsWith('%') || !decimal.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            || percent is <= 0 or > 100 || percent * 100 != decimal.Truncate(percent * 100))
        {
            return false;
        }

        share = (int)(percent * 100);
        return true;
    }

    private void Fail(ConfigText place, string message) => errors.Add(new ConfigError(place.Location, $"split_clients {config.Name}: {message}"));
}
