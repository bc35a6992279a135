using System.Text;
using Balancer.Configuration;

namespace Balancer.Http.Variables;

/// <summary>Takes a text apart into literals and variables, with nginx's rules: <c>$name</c>, <c>${name}</c>, <c>$1</c> to <c>$9</c>, and no way to write a dollar sign.</summary>
internal ref struct TemplateCompiler(ConfigText text, VariableScope scope, ICollection<ConfigError> errors)
{
    private readonly string _text = text.Value;
    private readonly List<TemplatePart> _parts = [];
    private readonly List<string> _names = [];
    private bool _readsSentHead;
    private int _position;

    public TextTemplate Compile()
    {
        while (_position < _text.Length)
        {
            var dollar = NextDollar(_position);
            var end = dollar < 0 ? _text.Length : dollar;
            if (end > _position)
            {
                _parts.Add(new TemplatePart(Encoding.UTF8.GetBytes(_text, _position, end - _position), null));
            }

            _position = end;
            if (dollar >= 0)
            {
                CompileVariable();
            }
        }

        return new TextTemplate([.. _parts], _readsSentHead) { VariableNames = _names };
    }

    private readonly bool IsInName(int index) => index < _text.Length && (char.IsAsciiLetterOrDigit(_text[index]) || _text[index] == '_') && !text.IsInserted(index);

    /// <summary>The next dollar sign that stands in the file; one that came from elsewhere is itself.</summary>
    private readonly int NextDollar(int from)
    {
        var dollar = _text.IndexOf('$', from);
        while (dollar >= 0 && text.IsInserted(dollar))
        {
            dollar = _text.IndexOf('$', dollar + 1);
        }

        return dollar;
    }

    private void CompileVariable()
    {
        var dollar = _position++;
        var braced = _position < _text.Length && _text[_position] == '{';
        if (braced)
        {
            _position++;
        }

        var start = _position;
        if (!braced && start < _text.Length && _text[start] is >= '1' and <= '9')
        {
            _position++;
            AddVariable(dollar, _text[start].ToString());
            return;
        }

        while (IsInName(_position))
        {
            _position++;
        }

        var name = _text[start.._position];
        if (braced && (_position == _text.Length || _text[_position] != '}'))
        {
            AddError(dollar, $"the variable '${{{name}' lacks its closing brace");
            return;
        }

        if (braced)
        {
            _position++;
        }

        if (name.Length == 0)
        {
            AddError(dollar, "invalid variable name: expected a name after the '$', such as '$host' or '${host}'");
            return;
        }

        AddVariable(dollar, name);
    }

    private void AddVariable(int dollar, string name)
    {
        _names.Add(name);
        if (VariableTable.Find(name, scope) is { } reader)
        {
            _readsSentHead |= name.StartsWith("sent_http_", StringComparison.OrdinalIgnoreCase);
            _parts.Add(new TemplatePart([], reader));
        }
        else if (VariableTable.ComesLater(name))
        {
            AddError(dollar, $"the variable '${name}' is not supported yet");
        }
        else
        {
            AddError(dollar, $"unknown variable '${name}'{VariableTable.Hint(name, scope)}");
        }
    }

    private void AddError(int index, string message) => errors.Add(new ConfigError(text.At(index), message));
}
