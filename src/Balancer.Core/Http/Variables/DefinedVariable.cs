using Balancer.Configuration;
using Balancer.Infrastructure;

namespace Balancer.Http.Variables;

/// <summary>
/// A variable that the configuration defines, such as <c>[map.NAME]</c>. Texts may refer to it before it is compiled, since tables may
/// refer to each other in any order; requests run only when all are.
/// </summary>
/// <param name="name">Its name, without the dollar sign.</param>
/// <param name="location">Where it is defined.</param>
internal sealed class DefinedVariable(string name, SourceLocation location)
{
    private VariableReader? _reader;

    /// <summary>Its name, without the dollar sign.</summary>
    public string Name { get; } = name;

    /// <summary>Where it is defined.</summary>
    public SourceLocation Location { get; } = location;

    /// <summary>The place of its value in an exchange, when <c>set</c> or <c>auth_request_set</c> defines it; else -1.</summary>
    public int Slot { get; init; } = -1;

    /// <summary>Sets what it is.</summary>
    public void Define(VariableReader reader) => _reader = reader;

    /// <summary>Appends its value (<see cref="VariableReader"/>).</summary>
    public bool Read(HttpExchange exchange, ByteBuffer output) => _reader!(exchange, output);
}
