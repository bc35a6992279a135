namespace Balancer.Access;

/// <summary>Ways around a <c>deny</c>, and what becomes of them: what is matched is what is passed on, and nothing that is denied is passed on in disguise.</summary>
internal static class PathCases
{
    /// <summary>The site they are tried at; UPSTREAM and PORT are to be replaced.</summary>
    public const string Toml = """
        [upstream.pool]
        server = ["UPSTREAM"]

        [[server]]
        listen = "127.0.0.1:PORT default_server"
        server_name = ["open.example"]

          [[server.location]]
          path = "/"
          proxy_pass = "http://pool"

          [[server.location]]
          path = "/admin/"
          proxy_pass = "http://pool"
          deny = "all"

          [[server.location]]
          path = "/admin/open/"
          proxy_pass = "http://pool"
          allow = "127.0.0.1"
          deny = "all"

          [[server.location]]
          path = "= /exact"
          proxy_pass = "http://pool"
          deny = "all"

          [[server.location]]
          path = "^~ /guard/"
          proxy_pass = "http://pool"
          deny = "all"

          [[server.location]]
          path = '~ \.secret$'
          proxy_pass = "http://pool"
          deny = "all"

          [[server.location]]
          path = '~* ^/api/private(/|$)'
          proxy_pass = "http://pool"
          deny = "all"

        [[server]]
        listen = "127.0.0.1:PORT"
        server_name = ["closed.example"]
        deny = "all"

          [[server.location]]
          path = "/"
          proxy_pass = "http://pool"
        """;

    public static IReadOnlyList<PathCase> All { get; } =
    [
        // Plain.
        new("/", 200), new("/x", 200), new("/admin/", 403), new("/admin/x", 403), new("/admin", 301), new("/admin?x", 301), new("/ADMIN/x", 200), new("/admin/open/x", 200), new("/adminx", 200),

        // Dots.
        new("/admin/open/../x", 403), new("/admin/open/%2e%2e/x", 403), new("/admin/open/..%2fx", 403), new("/./admin/x", 403), new("/x/../admin/x", 403), new("/x/%2e%2e/admin/x", 403),
        new("/x/%2E./admin/x", 403), new("/x/..%2fadmin/x", 403), new("/x/..%2Fadmin%2Fx", 403), new("/x%2f..%2fadmin/x", 403), new("/%2e/admin/x", 403), new("/admin/../admin/x", 403),
        new("/admin/.", 403), new("/admin/.x", 403), new("/admin/...", 403), new("/admin/..", 200), new("/admin/../x", 200), new("/x/.../admin/x", 200), new("/..", 400), new("/../admin/x", 400),
        new("/x/../../admin/x", 400), new("/%2e%2e/admin/x", 400), new("/..%2fadmin/x", 400),

        // Slashes.
        new("//admin/x", 403), new("///admin///x", 403), new("/%2fadmin/x", 403), new("/admin%2fx", 403), new("/admin%2Fx", 403), new("/admin//", 403), new("//open.example/admin/x", 200), new("%2fadmin/x", 400), new("admin/x", 400),

        // Encoding, once and more.
        new("/%61dmin/x", 403), new("/%61%64%6d%69%6e/x", 403), new("/%2561dmin/x", 200), new("/admin%252fx", 200), new("/x/%252e%252e/admin/x", 200), new("/admin%20/x", 200), new("/admin%09/x", 200),
        new("/adm%C4%B1n/x", 200), new("/%c0%af../admin/x", 200), new("/admin%", 400), new("/admin/%zz", 400), new("/admin/%4", 400), new("/%u0061dmin/x", 400),

        // NUL, backslash, blank.
        new("/admin%00/x", 400), new("/x%00/../admin/x", 400), new("/admin/x%00", 400), new("/admin\0/x", 400), new("/x/..%5cadmin/x", 200), new("/admin%5cx", 200), new("/admin /x", 400), new("\\admin\\x", 400),

        // Parameters and query.
        new("/admin;x/y", 200), new("/admin;/x", 200), new("/admin/;x", 403), new("/x;/../admin/x", 403), new("/x/..;/admin/x", 200), new("/?/admin/x", 200), new("/x?/../admin/x", 200), new("/admin%3fx", 200), new("/admin/%3f", 403),
        new("/admin/?/../x", 403), new("/admin/x?%00", 403),

        // Exact.
        new("/exact", 403), new("/exact?x", 403), new("/%65xact", 403), new("/x/../exact", 403), new("//exact", 403), new("/exact/", 200), new("/exact/.", 200), new("/exact%2f", 200), new("/EXACT", 200), new("/exact;", 200), new("/./exact", 403),

        // ^~
        new("/guard/x", 403), new("/guard/../guard/x", 403), new("/%67uard%2fx", 403), new("/guard/../x", 200), new("/guard/x.SECRET", 403),

        // Regular expressions.
        new("/a.secret", 403), new("/a.secret?x", 403), new("/a%2esecret", 403), new("/a.secre%74", 403), new("/a.SECRET", 200), new("/a.secret/", 200), new("/a.secret/..", 200), new("/a.secret;x", 200), new("/a.secret%00", 400),
        new("/a.secret%0a", 403), new("/admin/open/a.secret", 403), new("/x/../a.secret", 403), new("/a.secret/../a.secret", 403), new("/.secret", 403), new("/x%2f.secret", 403), new("/a.secret%20", 200),
        new("/api/private", 403), new("/API/Private/x", 403), new("/api/./private/x", 403), new("/api//private", 403), new("/api%2fprivate", 403), new("/api/x/../private", 403), new("/api/%70rivate", 403), new("/api/privatex", 200),
        new("/api/private%2f..%2f..%2fx", 200), new("/api/private;x", 200),

        // Hosts.
        new("/", 403, "closed.example"), new("/", 403, "CLOSED.Example"), new("/", 403, "closed.example."), new("/", 403, "closed.example:80"), new("/", 403, "closed.example.:8080"), new("/", 403, "closed.example:"),
        new("/", 200, "closed.example.evil"), new("/", 200, "xclosed.example"), new("/", 400, "closed..example"), new("/", 400, "closed.example/x"), new("/", 400, "closed.example, open.example"), new("/", 400, "closed.example:99999"), new("/", 400, "closed.example:80:80"),
        new("/", 400, "closed example"), new("/", 400, "user@closed.example"), new("/", 400, ""),

        // Absolute targets, whose host wins.
        new("http://open.example/admin/x", 403), new("http://open.example//admin/x", 403), new("http://open.example/x/../admin/x", 403), new("HTTP://OPEN.EXAMPLE:8080/%61dmin/x", 403), new("http://open.example/x", 200, Seen: "/x"),
        new("http://open.example", 200, Seen: "/"), new("http://open.example?/admin/", 200, Seen: "/?/admin/"), new("http://closed.example/", 403), new("http://closed.example./x", 403), new("http://open.example/", 200, "closed.example", "/"), new("http://user@closed.example/", 400), new("http:///admin/x", 400),
        new("http://open.example\\admin/x", 400), new("*", 400), new("open.example:80", 400),
    ];
}
