using System.Security.Cryptography;

namespace Balancer.Tls;

/// <summary>
/// The keys session tickets are made and read with. They belong to the process, so that sessions survive a reload, and change by themselves,
/// so that a key found out later opens no older traffic. The one before is kept as long as a ticket made with it may be used.
/// </summary>
internal sealed class TicketKeyRing(TimeProvider time)
{
    private static readonly TimeSpan LeastPeriod = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private TicketKey? _current;
    private TicketKey? _previous;
    private DateTimeOffset _currentSince;
    private TimeSpan _period = LeastPeriod;

    /// <summary>The key for new tickets.</summary>
    public TicketKey Current
    {
        get
        {
            Rotate();
            return _current!;
        }
    }

    /// <summary>Keys are kept so that tickets may be used for this long. Never shortened: tickets that are out were promised it.</summary>
    public void Honour(TimeSpan sessionTimeout)
    {
        lock (_lock)
        {
            if (sessionTimeout > _period)
            {
                _period = sessionTimeout;
            }
        }
    }

    /// <summary>The key a ticket was made with; null when it is gone.</summary>
    /// <param name="name">The name in the ticket.</param>
    /// <param name="isCurrent">Whether new tickets are made with it.</param>
    public TicketKey? Find(ReadOnlySpan<byte> name, out bool isCurrent)
    {
        Rotate();
        var current = Volatile.Read(ref _current);
        isCurrent = current is not null && name.SequenceEqual(current.Name);
        if (isCurrent)
        {
            return current;
        }

        var previous = Volatile.Read(ref _previous);
        return previous is not null && name.SequenceEqual(previous.Name) ? previous : null;
    }

    private void Rotate()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_current is not null && now - _currentSince < _period)
            {
                return;
            }

            // After a long silence no ticket of the old key is still good.
            Volatile.Write(ref _previous, now - _currentSince < 2 * _period ? _current : null);
            Volatile.Write(ref _current, new TicketKey { Name = RandomNumberGenerator.GetBytes(TicketKey.NameLength), CipherKey = RandomNumberGenerator.GetBytes(32), MacKey = RandomNumberGenerator.GetBytes(32) });
            _currentSince = now;
        }
    }
}
