using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using Balancer.Configuration.Values;
using Balancer.Tls.OpenSsl;

namespace Balancer.Tls;

/// <summary>What connections to https upstream servers are set up with: authorities, certificate, versions, ciphers. Immutable.</summary>
internal sealed class UpstreamTlsContext
{
    /// <summary>Most servers whose sessions are kept; names that clients choose must not fill the memory.</summary>
    internal const int MaxSessions = 4096;

    private readonly ConcurrentDictionary<(string Server, string Name), UpstreamTlsSession> _sessions = new();

    /// <summary>OpenSSL's side of it.</summary>
    public required SslContextHandle Handle { get; init; }

    /// <summary>Whether certificate and name are verified.</summary>
    public required bool Verifies { get; init; }

    /// <summary>Whether the server is told the name.</summary>
    public required bool SendsName { get; init; }

    /// <summary>Whether sessions are resumed.</summary>
    public required bool ResumesSessions { get; init; }

    /// <summary>Differs between settings, and contents of files, whose connections must not be taken for one another.</summary>
    public required string Identity { get; init; }

    /// <summary>The session of a server; null when none are kept.</summary>
    /// <param name="server">Its address.</param>
    /// <param name="name">The name asked for.</param>
    public UpstreamTlsSession? SessionOf(string server, string name)
    {
        if (!ResumesSessions)
        {
            return null;
        }

        if (!_sessions.TryGetValue((server, name), out var session))
        {
            if (_sessions.Count >= MaxSessions)
            {
                ForgetSessions();
            }

            session = _sessions.GetOrAdd((server, name), static _ => new UpstreamTlsSession());
        }

        session.UsedAt = Environment.TickCount64;
        return session;
    }

    /// <summary>Makes room for names to come: half of the sessions go, those unused for longest.</summary>
    private void ForgetSessions()
    {
        lock (_sessions)
        {
            if (_sessions.Count < MaxSessions)
            {
                return;
            }

            foreach (var entry in _sessions.ToArray().OrderBy(static entry => entry.Value.UsedAt).Take(MaxSessions / 2))
            {
                _sessions.TryRemove(entry);
            }
        }
    }

    /// <summary>Whether a name is an address, as it stands in a URL or by itself. More than four decimal parts, or fewer, are a name.</summary>
    private static bool IsAddress(ReadOnlySpan<char> name, out IPAddress address) =>
        HostName.TryParseIPv4(name, out address) || HostName.TryParseIPv6(name is ['[', .. var inner, ']'] ? inner : name, out address);

    /// <summary>Sets the name of one connection.</summary>
    /// <exception cref="OpenSslException">It cannot be one.</exception>
    internal void SetName(nint ssl, string name)
    {
        LibCrypto.ClearErrors();
        if (Verifies && name.Length == 0)
        {
            // To OpenSSL it would mean that any name will do.
            throw new OpenSslException("the certificate cannot be verified: the name of the upstream server is empty (proxy_ssl_name)");
        }

        if (IsAddress(name, out var address))
        {
            // RFC 6066 section 3: an address is no name to be asked for.
            if (Verifies && LibCrypto.VerifyAddress(LibSsl.GetVerifyParameters(ssl), address.ToString()) != 1)
            {
                throw OpenSslException.FromQueue("the address of the upstream server");
            }

            return;
        }

        if (Verifies && LibSsl.SetVerifiedHost(ssl, name) != 1)
        {
            throw OpenSslException.FromQueue("the name of the upstream server");
        }

        if (SendsName)
        {
            var text = Marshal.StringToCoTaskMemUTF8(name);
            var result = LibSsl.Control(ssl, LibSsl.CtrlSetServerName, 0, text);
            Marshal.FreeCoTaskMem(text);
            if (result != 1)
            {
                throw OpenSslException.FromQueue("the name of the upstream server");
            }
        }
    }
}
