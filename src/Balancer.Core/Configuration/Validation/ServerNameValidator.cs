using Balancer.Configuration.Values;

namespace Balancer.Configuration.Validation;

/// <summary>The names of the servers that share an address: a name that another server has would never be reached.</summary>
internal static class ServerNameValidator
{
    public static void Check(IReadOnlyList<ServerConfig> servers, List<ConfigError> errors)
    {
        var taken = new Dictionary<(string Address, string Name), SourceLocation>();
        foreach (var server in servers)
        {
            var reported = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var listen in server.Listen)
            {
                var address = ListenAddress.Format(listen.EndPoint);
                foreach (var name in server.ServerNames.Count > 0 ? server.ServerNames : [new ConfigText("", server.Location)])
                {
                    // Names are compared without regard to case, regular expressions as they stand.
                    var key = name.Value.StartsWith('~') ? name.Value : name.Value.ToLowerInvariant();
                    if (taken.TryAdd((address, key), name.Location) || taken[(address, key)] == name.Location || !reported.Add(key))
                    {
                        continue;
                    }

                    errors.Add(new ConfigError(name.Location, name.Value.Length == 0
                        ? $"server_name: neither this server nor the one at {taken[(address, key)]} has a name for {address}, so one of them would never be reached"
                        : $"server_name: '{name.Value}' is already taken on {address} at {taken[(address, key)]}"));
                }
            }
        }
    }
}
