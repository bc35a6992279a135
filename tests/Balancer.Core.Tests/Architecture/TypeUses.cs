using System.Reflection;

namespace Balancer.Architecture;

/// <summary>Finds the types that a type uses: what it derives from, holds, takes, returns, is marked with, and all that the bodies of its methods name.</summary>
internal sealed class TypeUses
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private readonly HashSet<Type> _found = [];

    /// <summary>The types used, without those they are made of being looked into.</summary>
    public static IReadOnlySet<Type> Of(Type type)
    {
        var uses = new TypeUses();
        uses.AddType(type);
        return uses._found;
    }

    private void AddType(Type type)
    {
        Add(type.BaseType);
        AddAll(type.GetInterfaces());
        AddAttributes(type.CustomAttributes);
        AddConstraints(type.GetGenericArguments());
        foreach (var field in type.GetFields(Declared))
        {
            Add(field.FieldType);
            AddAttributes(field.CustomAttributes);
        }

        foreach (var property in type.GetProperties(Declared))
        {
            AddAttributes(property.CustomAttributes);
        }

        foreach (var method in type.GetMembers(Declared).OfType<MethodBase>())
        {
            AddMethod(type, method);
        }
    }

    private void AddMethod(Type type, MethodBase method)
    {
        AddSignature(method);
        AddAttributes(method.CustomAttributes);
        var methodArguments = method is MethodInfo { IsGenericMethodDefinition: true } ? method.GetGenericArguments() : null;
        AddConstraints(methodArguments ?? []);
        if (method.GetMethodBody() is not { } body)
        {
            return;
        }

        AddAll(body.LocalVariables.Select(local => local.LocalType));
        AddAll(body.ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause).Select(clause => clause.CatchType));
        foreach (var token in IlTokens.Of(body.GetILAsByteArray()!))
        {
            AddMember(type.Module.ResolveMember(token, type.IsGenericType ? type.GetGenericArguments() : null, methodArguments)!);
        }
    }

    private void AddMember(MemberInfo member)
    {
        Add(member as Type ?? member.DeclaringType);
        switch (member)
        {
            case FieldInfo field:
                Add(field.FieldType);
                break;
            case MethodBase method:
                AddSignature(method);
                AddAll(method.IsGenericMethod ? method.GetGenericArguments() : []);
                break;
        }
    }

    private void AddSignature(MethodBase method)
    {
        AddAll(method.GetParameters().Select(parameter => parameter.ParameterType));
        Add((method as MethodInfo)?.ReturnType);
    }

    private void AddConstraints(Type[] parameters) =>
        AddAll(parameters.Where(parameter => parameter.IsGenericParameter).SelectMany(parameter => parameter.GetGenericParameterConstraints()));

    private void AddAttributes(IEnumerable<CustomAttributeData> attributes)
    {
        foreach (var attribute in attributes)
        {
            Add(attribute.AttributeType);
            AddAll(attribute.ConstructorArguments.Select(argument => argument.Value).OfType<Type>());
        }
    }

    private void AddAll(IEnumerable<Type?> types)
    {
        foreach (var type in types)
        {
            Add(type);
        }
    }

    private void Add(Type? type)
    {
        if (type is null || type.IsGenericParameter)
        {
            return;
        }

        if (type.HasElementType)
        {
            Add(type.GetElementType());
            return;
        }

        if (type.IsFunctionPointer)
        {
            Add(type.GetFunctionPointerReturnType());
            AddAll(type.GetFunctionPointerParameterTypes());
            return;
        }

        if (!_found.Add(type.IsGenericType ? type.GetGenericTypeDefinition() : type))
        {
            // What it is made of may differ: List of one thing and of another.
            if (!type.IsGenericType)
            {
                return;
            }
        }

        AddAll(type.IsGenericType ? type.GetGenericArguments() : []);
    }
}
