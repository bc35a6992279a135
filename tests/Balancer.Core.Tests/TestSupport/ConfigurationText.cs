using System.Collections;
using System.Net;
using System.Reflection;
using System.Text;
using Balancer.Configuration;

namespace Balancer.TestSupport;

/// <summary>Loads configurations from text, and shows them without the places they were read from.</summary>
internal static class ConfigurationText
{
    private const string File = "test.toml";

    /// <summary>Loads a text.</summary>
    public static ConfigurationResult Load(string text) => ConfigurationLoader.Load(File, new MemoryConfigurationFiles().Add(File, text));

    /// <summary>Loads a text that must have no faults.</summary>
    public static GatewayConfig LoadGood(string text)
    {
        var result = Load(text);
        Assert.True(result.Errors.Count == 0, $"{string.Join('\n', result.Errors)}\n---\n{text}");
        return result.Config!;
    }

    /// <summary>The faults of a text, without the name of the file.</summary>
    public static string Faults(string text) => string.Join('\n', Load(text).Errors.Select(e => e.ToString()[(File.Length + 1)..]));

    /// <summary>All members of a configuration but files and places, so that two that mean the same show the same.</summary>
    public static string Show(object? value)
    {
        var text = new StringBuilder();
        Show(value, text, "");
        return text.ToString();
    }

    private static void Show(object? value, StringBuilder text, string indent)
    {
        switch (value)
        {
            case null:
                text.Append("null\n");
                break;
            case string or bool or int or long or TimeSpan or Enum or EndPoint or IPAddress or IPNetwork:
                text.Append(value).Append('\n');
                break;
            case ConfigText config:
                text.Append(config.Value).Append('\n');
                break;
            case IDictionary map:
                text.Append('\n');
                foreach (DictionaryEntry entry in map)
                {
                    text.Append(indent).Append(entry.Key).Append(": ");
                    Show(entry.Value, text, indent + "  ");
                }

                break;
            case IEnumerable list:
                text.Append('\n');
                foreach (var item in list)
                {
                    text.Append(indent).Append("- ");
                    Show(item, text, indent + "  ");
                }

                break;
            default:
                text.Append('\n');
                foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
                {
                    if (property.PropertyType != typeof(SourceLocation) && property.Name != "File" && property.GetIndexParameters().Length == 0)
                    {
                        text.Append(indent).Append(property.Name).Append(": ");
                        Show(property.GetValue(value), text, indent + "  ");
                    }
                }

                break;
        }
    }
}
