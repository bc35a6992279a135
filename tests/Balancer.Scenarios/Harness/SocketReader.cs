using System.Net.Sockets;
using System.Text;

namespace Balancer.Harness;

/// <summary>Reads HTTP/1.1 messages off a socket, leniently: it is the scenario, not the reader, that judges what came.</summary>
internal sealed class SocketReader(Socket socket, Action<ReadOnlyMemory<byte>>? record = null)
{
    private readonly List<byte> _buffer = [];
    private readonly byte[] _chunk = new byte[65536];

    /// <summary>Whether the end was a reset and not a FIN.</summary>
    public bool WasReset { get; private set; }

    /// <summary>Whether the other side has ended its direction.</summary>
    public bool Ended { get; private set; }

    /// <summary>Bytes received and not consumed yet.</summary>
    public byte[] Buffered => [.. _buffer];

    /// <summary>Receives once.</summary>
    /// <returns>False at the end.</returns>
    public async Task<bool> FillAsync()
    {
        if (Ended)
        {
            return false;
        }

        try
        {
            var size = await socket.ReceiveAsync(_chunk).ConfigureAwait(false);
            if (size > 0)
            {
                record?.Invoke(_chunk.AsMemory(0, size));
                _buffer.AddRange(_chunk.AsSpan(0, size));
                return true;
            }
        }
        catch (SocketException)
        {
            WasReset = true;
        }
        catch (ObjectDisposedException)
        {
            WasReset = true;
        }

        Ended = true;
        return false;
    }

    /// <summary>Receives until something is here, which stays.</summary>
    /// <exception cref="EndOfStreamException">The connection ended before it.</exception>
    public async Task FillUntilAsync(ReadOnlyMemory<byte> wanted)
    {
        while (IndexOf(wanted.Span) < 0)
        {
            if (!await FillAsync().ConfigureAwait(false))
            {
                throw new EndOfStreamException($"ended without it: {Encoding.Latin1.GetString([.. _buffer])}");
            }
        }
    }

    /// <summary>A head with its empty line; null when the connection ended before one began.</summary>
    /// <exception cref="EndOfStreamException">The connection ended within the head.</exception>
    public async Task<string?> ReadHeadAsync()
    {
        int end;
        while ((end = IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await FillAsync().ConfigureAwait(false))
            {
                return _buffer.Count == 0 ? null : throw new EndOfStreamException($"ended within a head: {Encoding.Latin1.GetString([.. _buffer])}");
            }
        }

        return Encoding.Latin1.GetString(Take(end + 4));
    }

    /// <summary>That many bytes, or fewer when the connection ended.</summary>
    public async Task<byte[]> ReadExactlyAsync(long size)
    {
        while (_buffer.Count < size && await FillAsync().ConfigureAwait(false))
        {
        }

        return Take((int)Math.Min(size, _buffer.Count));
    }

    /// <summary>What is here, at least a byte; nothing at the end of the connection.</summary>
    public async Task<byte[]> ReadSomeAsync()
    {
        if (_buffer.Count == 0)
        {
            await FillAsync().ConfigureAwait(false);
        }

        return Take(_buffer.Count);
    }

    /// <summary>Everything until the end of the connection.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        while (await FillAsync().ConfigureAwait(false))
        {
        }

        return Take(_buffer.Count);
    }

    /// <summary>A body in chunked coding.</summary>
    public async Task<(byte[] Body, string[] Trailers, bool Complete)> ReadChunkedAsync()
    {
        var body = new List<byte>();
        while (await ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            var size = Convert.ToInt64(line.Split(';')[0].Trim(), 16);
            if (size == 0)
            {
                var trailers = new List<string>();
                while (await ReadLineAsync().ConfigureAwait(false) is { } trailer)
                {
                    if (trailer.Length == 0)
                    {
                        return ([.. body], [.. trailers], true);
                    }

                    trailers.Add(trailer);
                }

                break;
            }

            body.AddRange(await ReadExactlyAsync(size).ConfigureAwait(false));
            await ReadLineAsync().ConfigureAwait(false);
        }

        return ([.. body], [], false);
    }

    private async Task<string?> ReadLineAsync()
    {
        int end;
        while ((end = IndexOf("\r\n"u8)) < 0)
        {
            if (!await FillAsync().ConfigureAwait(false))
            {
                return null;
            }
        }

        return Encoding.Latin1.GetString(Take(end + 2)[..^2]);
    }

    private int IndexOf(ReadOnlySpan<byte> mark) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_buffer).IndexOf(mark);

    private byte[] Take(int size)
    {
        var taken = _buffer.GetRange(0, size).ToArray();
        _buffer.RemoveRange(0, size);
        return taken;
    }
}
