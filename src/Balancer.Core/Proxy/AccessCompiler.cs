using System.Text;
using Balancer.Access;
using Balancer.Access.Passwords;
using Balancer.Configuration;
using Balancer.Http.Variables;

namespace Balancer.Proxy;

/// <summary>Compiles who may use a location. A file of users is read once, however many locations name it.</summary>
internal sealed class AccessCompiler(GatewayServices services, VariableScope scope, List<ConfigError> errors)
{
    private readonly Dictionary<string, PasswordFile?> _files = new(StringComparer.Ordinal);

    /// <summary>Compiles the settings of a location; null when everybody may use it.</summary>
    public AccessPolicy? Compile(AccessConfig access)
    {
        var basic = CompileBasic(access);
        var request = CompileRequest(access);
        return access.Rules is null && basic is null && request is null
            ? null
            : new AccessPolicy
            {
                Addresses = access.Rules is null ? null : new AddressRules(access.Rules),
                Basic = basic,
                Request = request,
                IsAnyEnough = access.Satisfy == SatisfyMode.Any,
                Delay = (long)(access.AuthDelay ?? TimeSpan.Zero).TotalMilliseconds,
            };
    }

    /// <summary>Compiles the <c>limit_except</c> of a location.</summary>
    public MethodLimit? Compile(LimitExceptConfig? limit, AccessConfig outer) =>
        limit is null ? null : new MethodLimit(limit.Methods, Compile(limit.Access.Over(outer)));

    private BasicAuthentication? CompileBasic(AccessConfig access)
    {
        if (access.AuthBasic is not { Value: not "off" } realm)
        {
            return null;
        }

        if (access.AuthBasicUserFile is not { } path)
        {
            errors.Add(new ConfigError(realm.Location, "auth_basic cannot stand without 'auth_basic_user_file'"));
            return null;
        }

        var template = TextTemplate.Compile(realm, scope, errors);
        return Load(path) is { } file ? new BasicAuthentication(template, file) : null;
    }

    private PasswordFile? Load(ConfigText path)
    {
        if (!_files.TryGetValue(path.Value, out var file))
        {
            _files[path.Value] = file = PasswordFile.Load(path.Value, services.AccessLogger, out var error);
            if (file is null)
            {
                errors.Add(new ConfigError(path.Location, $"auth_basic_user_file: {error}"));
            }
        }

        return file;
    }

    private AuthRequest? CompileRequest(AccessConfig access) => access.AuthRequest is not { Length: > 0 } path ? null : new AuthRequest(
        Encoding.UTF8.GetBytes(path),
        [.. (access.AuthRequestSet ?? new Dictionary<string, ConfigText>()).Select(pair => (scope.FindDefined(pair.Key)?.Slot ?? 0, TextTemplate.Compile(pair.Value, scope, errors)))]);
}
