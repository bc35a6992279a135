using System.Text;
using Microsoft.Extensions.Logging;

namespace Balancer.Access.Passwords;

/// <summary>
/// The users of an <c>auth_basic_user_file</c>. Read when the configuration is loaded; when a password is verified later, a file that has
/// changed is read again. One that cannot be used then changes nothing.
/// </summary>
internal sealed partial class PasswordFile
{
    private const int MaxSize = 16 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly ILogger _logger;
    private (DateTime Written, long Length) _stamp;
    private volatile IReadOnlyDictionary<string, PasswordHash> _users;

    private PasswordFile(string path, ILogger logger, (DateTime Written, long Length) stamp, IReadOnlyDictionary<string, PasswordHash> users)
    {
        _path = path;
        _logger = logger;
        _stamp = stamp;
        _users = users;
    }

    /// <summary>The passwords that were right of late.</summary>
    public VerdictCache Verdicts { get; } = new();

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="logger">Gets what becomes of it later.</param>
    /// <param name="error">What is wrong when the result is null.</param>
    public static PasswordFile? Load(string path, ILogger logger, out string? error)
    {
        var stamp = StampOf(path);
        var users = Read(path, out error);
        return users is null ? null : new PasswordFile(path, logger, stamp, users);
    }

    /// <summary>Whether a user has this password. May take tens of milliseconds, for a user that is not there as well: not for threads that others wait for.</summary>
    public bool Verify(ReadOnlySpan<byte> user, ReadOnlySpan<byte> password)
    {
        Refresh();
        var users = _users;
        if (users.TryGetValue(Encoding.Latin1.GetString(user), out var hash))
        {
            return hash.Matches(password);
        }

        // So that the time does not tell who is a user.
        users.Values.FirstOrDefault()?.Matches(password);
        return false;
    }

    private static (DateTime Written, long Length) StampOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }

    private static IReadOnlyDictionary<string, PasswordHash>? Read(string path, out string? error)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MaxSize)
            {
                error = $"'{path}' is larger than {MaxSize / 1024 / 1024} MB";
                return null;
            }

            using var reader = new StreamReader(file, Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
            var users = PasswordFileParser.Parse(reader.ReadToEnd(), out var errors);
            error = errors.Count == 0 ? null : string.Join("; ", errors.Select(e => $"{path}:{e.Line}: {e.Message}"));
            return error is null ? users : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"'{path}' cannot be read: {e.Message}";
            return null;
        }
    }

    private void Refresh()
    {
        lock (_lock)
        {
            var stamp = StampOf(_path);
            if (stamp == _stamp)
            {
                return;
            }

            _stamp = stamp;
            if (Read(_path, out var error) is { } users)
            {
                _users = users;
                LogRead(_path, users.Count);
            }
            else
            {
                LogRefused(_path, error!);
            }
        }
    }

    [LoggerMessage(EventId = 3023, EventName = "user-file-read", Level = LogLevel.Information, Message = "a changed file of users is in use: path={Path} users={Users}")]
    private partial void LogRead(string path, int users);

    [LoggerMessage(EventId = 3024, EventName = "user-file-refused", Level = LogLevel.Error, Message = "a changed file of users cannot be used, what was read before stays in use: path={Path} error={Error}")]
    private partial void LogRefused(string path, string error);
}
