using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Balancer.Failover.Linux;

/// <summary>
/// The file that says what this daemon added to the system, so that a later run, or a helper after a crash, removes that and nothing else.
/// For one thread.
/// </summary>
/// <remarks>
/// A journal of one line for each step, written with one call: "adding", before something is added; "added", when the system has taken it; "removed",
/// when it is gone or never came. A line without its end was being written when the daemon died, before the system was told: it counts for nothing.
/// Kept on a file system in memory (a RuntimeDirectory=): what the machine forgets in a restart is forgotten with it.
/// </remarks>
internal sealed class AddressLedger : IDisposable
{
    private const string Adding = "adding";
    private const string Added = "added";
    private const string Removed = "removed";

    // Lines that were overtaken, before the file is written anew.
    private const int MostOvertaken = 1024;

    private readonly string? _path;
    private readonly Dictionary<LedgerEntry, bool> _entries = [];
    private FileStream? _file;
    private int _lines;

    private AddressLedger(string? path) => _path = path;

    /// <summary>What is recorded, oldest first, and whether the system has surely taken it.</summary>
    public IReadOnlyDictionary<LedgerEntry, bool> Entries => _entries;

    /// <summary>Opens the file, which is made when it is missing.</summary>
    /// <param name="path">The file, in a directory that exists; null keeps everything in memory, and a crash leaves behind what was added.</param>
    /// <param name="ledger">The ledger, or null when there is an error.</param>
    /// <param name="error">What is wrong with the file.</param>
    public static bool TryOpen(string? path, [NotNullWhen(true)] out AddressLedger? ledger, [NotNullWhen(false)] out string? error)
    {
        ledger = new AddressLedger(path);
        error = ledger.Load();
        if (error is not null)
        {
            ledger.Dispose();
            ledger = null;
        }

        return ledger is not null;
    }

    /// <summary>Records what is about to be added.</summary>
    /// <returns>Why the file could not be written; null when it was.</returns>
    public string? Begin(LedgerEntry entry)
    {
        _entries[entry] = false;
        return Append(Adding, entry);
    }

    /// <summary>Records that the system has taken it.</summary>
    /// <inheritdoc cref="Begin" path="/returns"/>
    public string? Confirm(LedgerEntry entry)
    {
        _entries[entry] = true;
        return Append(Added, entry);
    }

    /// <summary>Forgets what was removed, or never came.</summary>
    /// <inheritdoc cref="Begin" path="/returns"/>
    public string? Forget(LedgerEntry entry) => _entries.Remove(entry) ? Append(Removed, entry) : null;

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private string? Load()
    {
        if (_path is null)
        {
            return null;
        }

        try
        {
            var text = File.Exists(_path) ? File.ReadAllText(_path) : "";
            var lines = text.Split('\n');

            // What follows the last end of line is torn, or nothing.
            foreach (var line in lines.AsSpan(0, lines.Length - 1))
            {
                Replay(line);
            }

            Rewrite(_path);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    private void Replay(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || !LedgerEntry.TryParse(line[(space + 1)..], out var entry))
        {
            return;
        }

        switch (line[..space])
        {
            case Adding:
                _entries[entry] = false;
                break;
            case Added:
                _entries[entry] = true;
                break;
            case Removed:
                _entries.Remove(entry);
                break;
        }
    }

    private string? Append(string step, LedgerEntry entry)
    {
        if (_path is null)
        {
            return null;
        }

        try
        {
            if (_file is null || _lines - _entries.Count > MostOvertaken)
            {
                Rewrite(_path);
            }
            else
            {
                _file.Write(Encoding.UTF8.GetBytes($"{step} {entry}\n"));
                _lines++;
            }

            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next attempt writes everything: the line may be torn.
            _file?.Dispose();
            _file = null;
            return error.Message;
        }
    }

    /// <summary>Replaces the file with one that has the present entries alone.</summary>
    private void Rewrite(string path)
    {
        var text = new StringBuilder();
        foreach (var (entry, confirmed) in _entries)
        {
            text.Append(confirmed ? Added : Adding).Append(' ').Append(entry).Append('\n');
        }

        var next = path + ".new";
        var file = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        try
        {
            file.Write(Encoding.UTF8.GetBytes(text.ToString()));
            File.Move(next, path, overwrite: true);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        _file?.Dispose();
        _file = file;
        _lines = _entries.Count;
    }
}
