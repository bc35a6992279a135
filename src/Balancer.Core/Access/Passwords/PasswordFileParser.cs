using System.Buffers;
using System.Text;

namespace Balancer.Access.Passwords;

/// <summary>Reads a file of users as <c>htpasswd</c> writes it: <c>name:password[:comment]</c> a line, <c>#</c> in front of comments.</summary>
internal sealed class PasswordFileParser
{
    private static readonly SearchValues<char> s_letters = SearchValues.Create(ApachePassword.Letters);

    private readonly List<(int Line, string Message)> _errors = [];
    private readonly Dictionary<string, PasswordHash> _users = new(StringComparer.Ordinal);

    private PasswordFileParser()
    {
    }

    /// <summary>Reads a text of Latin-1 characters, each a byte of the file.</summary>
    /// <param name="text">The text.</param>
    /// <param name="errors">What is wrong, by line; the users are then not to be used.</param>
    public static IReadOnlyDictionary<string, PasswordHash> Parse(string text, out IReadOnlyList<(int Line, string Message)> errors)
    {
        var parser = new PasswordFileParser();
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            parser.ReadLine(++number, line.TrimEnd('\r'));
        }

        errors = parser._errors;
        return parser._users;
    }

    private void ReadLine(int number, string line)
    {
        if (line.Length == 0 || line[0] == '#')
        {
            return;
        }

        var parts = line.Split(':', 3);
        if (parts.Length < 2 || parts[0].Length == 0 || parts[1].Length == 0)
        {
            _errors.Add((number, "expected a user's name, a colon and the password as htpasswd writes it"));
        }
        else if (!TryRead(parts[1], out var hash, out var error))
        {
            _errors.Add((number, $"the password of '{parts[0]}' {error}"));
        }
        else if (!_users.TryAdd(parts[0], hash!))
        {
            _errors.Add((number, $"the user '{parts[0]}' is there already"));
        }
    }

    private static bool TryRead(string text, out PasswordHash? hash, out string? error)
    {
        error = null;
        hash = null;
        if (text.StartsWith("{PLAIN}", StringComparison.Ordinal))
        {
            hash = new PlainPassword(Encoding.Latin1.GetBytes(text["{PLAIN}".Length..]));
        }
        else if (text.StartsWith("{SHA}", StringComparison.Ordinal) || text.StartsWith("{SSHA}", StringComparison.Ordinal))
        {
            hash = ReadSha(text, isSalted: text[2] == 'S');
            error = hash is null ? "is no Base64 of a SHA-1 digest" : null;
        }
        else if (text.StartsWith(ApachePassword.Prefix, StringComparison.Ordinal))
        {
            hash = ReadApache(text[ApachePassword.Prefix.Length..]);
            error = hash is null ? "is no apr1 digest: a salt of up to 8 letters, '$' and 22 letters" : null;
        }
        else if (!IsSystems(text))
        {
            error = "is in no known format: make the line with htpasswd, or write {PLAIN} in front of a password that is not hashed";
        }
        else if (IsCutOff(text))
        {
            error = "is not whole";
        }
        else if (!LibCrypt.IsThere)
        {
            error = "needs crypt(3) of the system, and there is no libcrypt.so";
        }
        else if (!LibCrypt.Knows(text))
        {
            error = "is in a format that crypt(3) of the system does not know";
        }
        else
        {
            hash = new SystemPassword(text);
        }

        return hash is not null;
    }

    /// <summary>A format of crypt(3): dollar signs around its name, or the thirteen letters of the oldest one.</summary>
    private static bool IsSystems(string text) =>
        text.StartsWith('$') ? text.IndexOf('$', 1) > 1 && text.All(char.IsAscii) : text.Length == 13 && text.AsSpan().IndexOfAnyExcept(s_letters) < 0;

    /// <summary>Whether the digest of a format of fixed length has another one: such a line would fit no password ever.</summary>
    private static bool IsCutOff(string text)
    {
        var digest = text[(text.LastIndexOf('$') + 1)..];
        var expected = text.Split('$') switch
        {
            ["", "2a" or "2b" or "2y", ..] => 53,
            ["", "6", ..] => 86,
            ["", "5", ..] => 43,
            ["", "1", ..] => 22,
            _ => digest.Length,
        };
        return digest.Length != expected || digest.AsSpan().IndexOfAnyExcept(s_letters) >= 0;
    }

    private static ShaPassword? ReadSha(string text, bool isSalted)
    {
        const int Length = 20;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text[(text.IndexOf('}', StringComparison.Ordinal) + 1)..], bytes, out var count) && (isSalted ? count > Length : count == Length)
            ? new ShaPassword(bytes[..Length], bytes[Length..count])
            : null;
    }

    private static ApachePassword? ReadApache(string text)
    {
        var dollar = text.IndexOf('$', StringComparison.Ordinal);
        return dollar is >= 0 and <= ApachePassword.MaxSaltLength && text.Length - dollar - 1 == ApachePassword.DigestLength && text.AsSpan(dollar + 1).IndexOfAnyExcept(s_letters) < 0
            ? new ApachePassword(Encoding.Latin1.GetBytes(text[..dollar]), Encoding.Latin1.GetBytes(text[(dollar + 1)..]))
            : null;
    }
}
