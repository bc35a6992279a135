using System.Globalization;
using System.Text;

namespace Balancer.Harness;

/// <summary>A table that defines a variable (<c>[map.NAME]</c> and its like), its values written as lines, on its way to nginx's block of that name.</summary>
internal sealed class NginxVariable
{
    private readonly string _kind;
    private readonly string _name;
    private readonly List<string> _lines = [];
    private string _source = "";

    private NginxVariable(string kind, string name)
    {
        _kind = kind;
        _name = name;
    }

    /// <summary>Starts one, if the header is that of such a table; else null.</summary>
    public static NginxVariable? Of(string header) => header.Split('.') is [("map" or "geo" or "split_clients") and var kind, var name] ? new NginxVariable(kind, name) : null;

    /// <summary>Takes a key.</summary>
    public void Add(string key, string[] values)
    {
        switch (key)
        {
            case "source" or "address":
                _source = values[0];
                break;
            case "values":
                _lines.AddRange(values);
                break;
            case "hostnames":
                _lines.Insert(0, "hostnames");
                break;
            default:
                _lines.Add($"{key} \"{values[0]}\"");
                break;
        }
    }

    /// <summary>Writes the block.</summary>
    public void WriteTo(StringBuilder text)
    {
        var source = _source.Length == 0 ? "" : $"\"{_source}\" ";
        text.AppendLine(CultureInfo.InvariantCulture, $"{_kind} {source}${_name} {{ {string.Concat(_lines.Select(static line => $"{line}; "))}}}");
    }
}
