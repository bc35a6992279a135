namespace Balancer.Configuration.Schema;

/// <summary>A document around one key, with what the key cannot stand without.</summary>
internal static class KeyDocument
{
    private const string Surroundings = "[log_format]\nmain = 'x'\n[upstream.admin_backend]\nserver = '10.0.0.1'\n";
    private const string Zones = "\n[limit_req_zone]\nadmin = { key = '$host', size = '1m', rate = '1r/s' }\n[limit_conn_zone]\naddr = { key = '$host', size = '1m' }\n";

    private const string Exporter = "\n[otel_exporter]\nendpoint = 'collector:4317'\n";

    /// <summary>The document of a key with a value.</summary>
    /// <param name="title">The title of the level.</param>
    /// <param name="name">The key.</param>
    /// <param name="value">Its value, as TOML.</param>
    public static string Of(string title, string name, string value) => Document(title, $"{name} = {value}{Companion(name)}") + name switch
    {
        "limit_req" or "limit_conn" => Zones,
        "otel_trace" => Exporter,
        _ => "",
    };

    /// <summary>A key that the other one cannot stand without.</summary>
    private static string Companion(string name) => name switch
    {
        "ssl_certificate" => "\nssl_certificate_key = '/a.key'",
        "ssl_certificate_key" => "\nssl_certificate = '/a.pem'",
        "ssl_verify_client" => "\nssl_client_certificate = '/ca.pem'",
        _ => "",
    };

    /// <summary>The lines a table cannot be without, but for the one that is tried.</summary>
    private static string Required(string line, params string[] required) => string.Join('\n', required.Where(r => r.Length > 0 && !line.StartsWith(r[..(r.IndexOf('=') + 1)])));

    private static string Document(string title, string line) => title switch
    {
        "the top level" => $"{line}\n{Surroundings}[[server]]",
        "[admin]" => $"[admin]\n{line}\n[[server]]",
        "[upstream.NAME]" => $"[upstream.x]\n{line}\n{(line.StartsWith("server ") ? "" : "server = '10.0.0.2'")}\n[[server]]",
        "[map.NAME]" or "[split_clients.NAME]" => $"[{title[1..^6]}.x]\n{line}\n{Required(line, "source = '$host'", "values = { '100%' = 'b' }")}\n[[server]]",
        "[geo.NAME]" => $"[geo.x]\n{line}\n{Required(line, "values = { '10.0.0.0/8' = 'b' }")}\n[[server]]",
        "[[server]]" => $"{Surroundings}[[server]]\n{line}",
        "[vrrp_instance.NAME]" => $"{Surroundings}[vrrp_script.check_route]\nscript = '/bin/true'\n[vrrp_instance.VI_1]\n{line}\n{Required(line, "interface = 'eth0'", "virtual_router_id = 51", "virtual_ipaddress = '10.0.1.100/24'", line.StartsWith("authentication") ? "" : "version = 3")}\n[[server]]\nlisten = '10.0.1.100:80'",
        "[otel_exporter]" => $"[otel_exporter]\n{line}\n{Required(line, "endpoint = 'https://collector'")}\n[[server]]",
        "[match.NAME]" => $"[match.x]\n{line}\n[[server]]",
        "[[server.location]]" when line.StartsWith("health_check", StringComparison.Ordinal) => $"[[server]]\n[[server.location]]\npath = '/'\nproxy_pass = 'http://10.0.0.1'\n{line}",
        "[vrrp_script.NAME]" => $"[vrrp_script.x]\n{line}\n{Required(line, "script = '/bin/true'")}\n[[server]]",
        "[vrrp_sync_group.NAME]" => $"{string.Concat(((string[])["VI_4", "VI_6"]).Select((name, i) => $"[vrrp_instance.{name}]\ninterface = 'eth{i}'\nvirtual_router_id = 1\nvirtual_ipaddress = '10.0.1.10{i}'\n"))}[vrrp_sync_group.x]\n{line}\n{Required(line, "group = ['VI_4', 'VI_6']")}\n[[server]]",
        "[limit_req_zone.NAME]" => $"[limit_req_zone.x]\n{line}\n{Required(line, "key = '$host'", "size = '1m'", "rate = '1r/s'")}\n[[server]]",
        "[limit_conn_zone.NAME]" => $"[limit_conn_zone.x]\n{line}\n{Required(line, "key = '$host'", "size = '1m'")}\n[[server]]",
        "[server.location.limit_except]" => $"{Surroundings}[[server]]\n[[server.location]]\npath = '/'\nreturn = 204\n[server.location.limit_except]\n{line}\n{Required(line, "methods = 'GET'")}",
        _ => $"{Surroundings}[[server]]\n[[server.location]]\n{line}\n{(line.StartsWith("path") ? "" : "path = '/'")}\n{(line.StartsWith("return") ? "" : line.StartsWith("break") ? "root = '/srv'" : "return = 204")}",
    };
}
