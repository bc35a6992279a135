using System.Text;
using Balancer.Configuration.Schema;
using Balancer.Configuration.Toml;

namespace Balancer.Configuration.Files;

/// <summary>
/// Fills in what the texts of a file take from outside, before they are read: <c>${NAME}</c> and <c>${NAME:-default}</c> from the
/// environment, <c>${file:PATH}</c> and texts that are a whole <c>file:PATH</c> from a file. Names in capitals are the environment's:
/// <c>${host}</c> is a variable of requests.
/// </summary>
internal sealed class Placeholders(string file, IConfigurationFiles files, BindState state)
{
    private const string FilePrefix = "file:";
    private const int GreatestFile = 64 * 1024;
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether a placeholder could not be filled; its key is missing from the result.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>The table with all placeholders filled.</summary>
    public TomlTable Fill(TomlTable table)
    {
        var filled = new TomlTable(table.Position, table.Origin);
        foreach (var (key, value) in table.Entries)
        {
            if (Fill(key.Name, value) is { } result)
            {
                filled.Add(key, result);
            }
        }

        return filled;
    }

    private TomlValue? Fill(string key, TomlValue value) => value switch
    {
        TomlTable table => Fill(table),
        TomlArray array => Fill(key, array),
        TomlString text => Fill(key, text),
        _ => value,
    };

    private TomlArray Fill(string key, TomlArray array)
    {
        var filled = new TomlArray(array.Position, array.OfTables);
        foreach (var item in array.Items)
        {
            if (Fill(key, item) is { } result)
            {
                filled.Add(result);
            }
        }

        return filled;
    }

    private TomlString? Fill(string key, TomlString text)
    {
        var isFile = text.Value.StartsWith(FilePrefix, StringComparison.Ordinal);
        if (!isFile && !text.Value.Contains("${", StringComparison.Ordinal))
        {
            return text;
        }

        var filling = new PlaceholderFilling(text, ReadVariable, ReadFile);
        if (isFile)
        {
            filling.TakeFile(FilePrefix.Length);
        }
        else
        {
            filling.Run();
        }

        foreach (var (index, message) in filling.Faults)
        {
            var (line, column) = text.PositionOf(index);
            state.Errors.Add(new ConfigError(new SourceLocation(file, line, column), $"{key}: {message}"));
            HasErrors = true;
        }

        return filling.Faults.Count == 0 ? filling.Result : null;
    }

    private (string? Text, string? Fault) ReadVariable(string name) =>
        files.Variable(name) is { } value ? (value, null) : (null, $"the environment variable '{name}' is not set: set it, or give a default as in ${{{name}:-default}}");

    private (string? Text, string? Fault) ReadFile(string path)
    {
        if (path.Length == 0)
        {
            return (null, "expected the path of a file after 'file:'");
        }

        try
        {
            var content = files.Read(Path.Combine(Path.GetDirectoryName(file) ?? "", path));
            if (content.Length > GreatestFile)
            {
                return (null, $"the file '{path}' is larger than {GreatestFile} bytes");
            }

            var text = s_strict.GetString(content);
            return (text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            var reason = e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "does not exist",
                UnauthorizedAccessException => "cannot be read: permission denied",
                DecoderFallbackException => "is no text in UTF-8",
                _ => $"cannot be read: {e.Message}",
            };
            return (null, $"the file '{path}' {reason}");
        }
    }
}
