using Balancer.Configuration;
using Balancer.Http.Patterns;
using Balancer.Http.Variables;
using Balancer.Infrastructure;

namespace Balancer.Routing.Maps;

/// <summary>Compiles the variables that a configuration defines. Tables may refer to each other in any order, but not in a circle.</summary>
internal sealed class VariableTables
{
    private readonly Dictionary<string, DefinedVariable> _variables = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<DefinedVariable, List<DefinedVariable>> _uses = [];
    private readonly ICollection<ConfigError> _errors;
    private readonly HashSet<string> _captures;

    private VariableTables(IEnumerable<string> captures, ICollection<ConfigError> errors)
    {
        _errors = errors;
        _captures = new HashSet<string>(captures, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The scope of every text of a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="captures">Names of captures of its locations and server names.</param>
    /// <param name="clock">Gives <c>$time_local</c> and its like.</param>
    /// <param name="errors">Receives the faults; with any the variables must not be read.</param>
    public static VariableScope Compile(GatewayConfig config, IEnumerable<string> captures, WallClock clock, ICollection<ConfigError> errors) =>
        new VariableTables(captures, errors).Compile(config, clock);

    private VariableScope Compile(GatewayConfig config, WallClock clock)
    {
        var maps = config.Maps.Select(map => (map, Define("map", map.Name, map.Location))).ToArray();
        var geos = config.Geos.Select(geo => (geo, Define("geo", geo.Name, geo.Location))).ToArray();
        var splits = config.SplitClients.Select(split => (split, Define("split_clients", split.Name, split.Location))).ToArray();
        DefineSet(config);
        var scope = new VariableScope(clock, _captures.Concat(config.Maps.SelectMany(CapturesOf)).Except(_variables.Keys, StringComparer.OrdinalIgnoreCase), _variables.Values);
        foreach (var (map, variable) in maps)
        {
            variable.Define(new MapCompiler(map, scope, _errors).Compile(out var uses).Read);
            Note(variable, uses);
        }

        foreach (var (geo, variable) in geos)
        {
            variable.Define(new GeoCompiler(geo, scope, _errors).Compile(out var uses).Read);
            Note(variable, uses);
        }

        foreach (var (split, variable) in splits)
        {
            variable.Define(new SplitCompiler(split, scope, _errors).Compile(out var uses).Read);
            Note(variable, uses);
        }

        RefuseCircles();
        return scope;
    }

    private static IEnumerable<string> CapturesOf(MapConfig map) => map.Values
        .Where(static entry => entry.Key.Value.StartsWith('~'))
        .SelectMany(static entry => PcreTranslation.Of(entry.Key.Value).Names.OfType<string>());

    /// <summary>The variables that requests are given values of, by <c>set</c> or <c>auth_request_set</c>; several servers and locations may set the same one.</summary>
    private void DefineSet(GatewayConfig config)
    {
        var sets = config.Servers.SelectMany(static server => server.Locations.Select(static location => location.Rewrite).Prepend(server.Rewrite))
            .SelectMany(static rewrite => rewrite.Set ?? [])
            .Select(static set => ("set", set.Name, set.Source));
        var answers = config.Servers.SelectMany(static server => server.Locations.Select(static location => location.Settings).Prepend(server.Settings)).Prepend(config.Settings)
            .SelectMany(static settings => settings.Access.AuthRequestSet ?? new Dictionary<string, ConfigText>())
            .Select(static pair => ("auth_request_set", pair.Key, pair.Value.Location));
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (kind, name, location) in sets.Concat(answers))
        {
            if (names.Add(name))
            {
                var slot = names.Count - 1;
                Define(kind, name, location, slot).Define((exchange, output) => exchange.SetVariables.Read(slot, output));
            }
        }
    }

    private DefinedVariable Define(string kind, string name, SourceLocation location, int slot = -1)
    {
        var variable = new DefinedVariable(name, location) { Slot = slot };
        var fault = !name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_') || name is [>= '1' and <= '9'] ? $"the name '{name}' is none of a variable, expected letters, digits and '_'"
            : VariableTable.IsTaken(name) ? $"the variable '${name}' is there already, expected another name"
            : _captures.Contains(name) ? $"a capture is named '{name}', expected another name"
            : !_variables.TryAdd(name, variable) ? $"the variable '${name}' is already defined at {_variables[name].Location}"
            : null;
        if (fault is not null)
        {
            _errors.Add(new ConfigError(location, $"{kind} {name}: {fault}"));
        }

        return variable;
    }

    private void Note(DefinedVariable variable, IEnumerable<string> uses) =>
        _uses[variable] = [.. uses.Select(name => _variables.GetValueOrDefault(name)).OfType<DefinedVariable>().Distinct()];

    private void RefuseCircles()
    {
        var done = new HashSet<DefinedVariable>();
        foreach (var variable in _uses.Keys)
        {
            Follow(variable, [], done);
        }
    }

    private void Follow(DefinedVariable variable, List<DefinedVariable> path, HashSet<DefinedVariable> done)
    {
        var at = path.IndexOf(variable);
        if (at >= 0)
        {
            var circle = string.Join(", ", path.Skip(at).Select(static step => $"${step.Name} ({step.Location})"));
            _errors.Add(new ConfigError(variable.Location, $"the variable '${variable.Name}' depends on itself: {circle}"));
        }
        else if (done.Add(variable))
        {
            path.Add(variable);
            foreach (var used in _uses.GetValueOrDefault(variable, []))
            {
                Follow(used, path, done);
            }

            path.RemoveAt(path.Count - 1);
        }
    }
}
