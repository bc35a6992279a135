using System.Net;
using Balancer.Configuration.Schema;
using Balancer.Configuration.Values;

namespace Balancer.Configuration.Validation;

/// <summary>The addresses of all servers: none twice in a server, one default server each, one set of socket options each, none within another.</summary>
internal sealed class ListenValidator(GatewayConfig config, BindState state)
{
    private readonly Dictionary<string, ListenConfig> _options = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Address, string Parameter), SourceLocation> _written = [];
    private readonly Dictionary<string, SourceLocation> _defaults = new(StringComparer.Ordinal);

    /// <summary>Checks all addresses.</summary>
    /// <returns>The servers, every <c>listen</c> with the socket options of its address.</returns>
    public List<ServerConfig> Check()
    {
        foreach (var server in config.Servers)
        {
            CheckServer(server);
        }

        CheckOverlaps();
        return [.. config.Servers.Select(server => server with { Listen = [.. server.Listen.Select(WithOptions).Select(WithHolder)] })];
    }

    private ListenConfig WithHolder(ListenConfig listen) =>
        listen.EndPoint is IPEndPoint { Address: var address } && config.VrrpInstances.Any(i => i.Addresses.Concat(i.ExcludedAddresses).Any(a => a.Address.Equals(address)))
            ? listen with { IsVirtual = true }
            : listen;

    private void CheckServer(ServerConfig server)
    {
        var seen = new Dictionary<string, SourceLocation>(StringComparer.Ordinal);
        foreach (var listen in server.Listen)
        {
            var address = ListenAddress.Format(listen.EndPoint);
            if (!seen.TryAdd(address, listen.Source))
            {
                Fail(listen.Source, $"listen: the address {address} is already listed in this server at {seen[address]}");
                continue;
            }

            if (listen.DefaultServer && !_defaults.TryAdd(address, listen.Source))
            {
                Fail(listen.Source, $"listen: {address} already has a default_server at {_defaults[address]}");
            }

            Merge(address, listen);
        }
    }

    private void Merge(string address, ListenConfig listen)
    {
        var parameters = state.ListenParameters.GetValueOrDefault(listen) ?? [];
        if (!_options.TryGetValue(address, out var merged))
        {
            merged = listen;
        }

        foreach (var parameter in parameters)
        {
            if (parameter is "address" or "default_server")
            {
                continue;
            }

            if (_written.TryAdd((address, parameter), listen.Source))
            {
                merged = parameter switch
                {
                    "backlog" => merged with { Backlog = listen.Backlog },
                    "ssl" => merged with { Ssl = listen.Ssl },
                    "reuseport" => merged with { ReusePort = listen.ReusePort },
                    "proxy_protocol" => merged with { ProxyProtocol = listen.ProxyProtocol },
                    "so_keepalive" => merged with { SoKeepalive = listen.SoKeepalive },
                    _ => merged with { Ipv6Only = listen.Ipv6Only },
                };
            }
            else if (Differ(parameter, merged, listen))
            {
                Fail(listen.Source, $"listen: '{parameter}' of {address} differs from the one at {_written[(address, parameter)]}; an address has one set of socket options, write them once");
            }
        }

        _options[address] = merged;
    }

    private static bool Differ(string parameter, ListenConfig a, ListenConfig b) => parameter switch
    {
        "backlog" => a.Backlog != b.Backlog,
        "ssl" => a.Ssl != b.Ssl,
        "reuseport" => a.ReusePort != b.ReusePort,
        "proxy_protocol" => a.ProxyProtocol != b.ProxyProtocol,
        "so_keepalive" => a.SoKeepalive != b.SoKeepalive,
        _ => a.Ipv6Only != b.Ipv6Only,
    };

    /// <summary>The system refuses to bind an address beside a wildcard of the same port.</summary>
    private void CheckOverlaps()
    {
        var all = _options.Values.ToList();
        if (config.AdminListen is { } admin)
        {
            if (_options.TryGetValue(ListenAddress.Format(admin.EndPoint), out var taken) && !IsAnyPort(admin))
            {
                Fail(admin.Source, $"listen: the address of [admin] is taken by a server at {taken.Source}");
                return;
            }

            all.Add(admin);
        }

        foreach (var listen in all)
        {
            foreach (var wildcard in all)
            {
                if (!ReferenceEquals(listen, wildcard) && !IsAnyPort(listen) && !(listen.ReusePort && wildcard.ReusePort) && Covers(wildcard, listen))
                {
                    Fail(listen.Source, $"listen: {ListenAddress.Format(listen.EndPoint)} is part of {ListenAddress.Format(wildcard.EndPoint)} at {wildcard.Source}, expected one of the two");
                }
            }
        }
    }

    private static bool IsAnyPort(ListenConfig listen) => listen.EndPoint is IPEndPoint { Port: 0 };

    private static bool Covers(ListenConfig wildcard, ListenConfig listen)
    {
        if (wildcard.EndPoint is not IPEndPoint outer || listen.EndPoint is not IPEndPoint inner || outer.Port != inner.Port)
        {
            return false;
        }

        return outer.AddressFamily == inner.AddressFamily
            ? !inner.Equals(outer) && (outer.Address.Equals(IPAddress.Any) || outer.Address.Equals(IPAddress.IPv6Any))
            : outer.Address.Equals(IPAddress.IPv6Any) && !wildcard.Ipv6Only;
    }

    private ListenConfig WithOptions(ListenConfig listen)
    {
        var options = _options.GetValueOrDefault(ListenAddress.Format(listen.EndPoint), listen);
        return listen with
        {
            Ssl = options.Ssl,
            Backlog = options.Backlog,
            ReusePort = options.ReusePort,
            ProxyProtocol = options.ProxyProtocol,
            SoKeepalive = options.SoKeepalive,
            Ipv6Only = options.Ipv6Only,
        };
    }

    private void Fail(SourceLocation location, string message) => state.Errors.Add(new ConfigError(location, message));
}
