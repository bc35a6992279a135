using System.Buffers;
using Balancer.Http;

namespace Balancer.Proxy;

/// <summary>The bytes of a request body that were read, kept up to a limit so that they can be sent to another server.</summary>
internal sealed class ReplayBuffer
{
    private readonly HeadWriter _bytes = new();

    /// <summary>Greatest number of bytes kept (<c>client_body_buffer_size</c>).</summary>
    public int Limit { get; set; }

    /// <summary>Whether all that was read is here.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>What is here.</summary>
    public ReadOnlySpan<byte> Written => _bytes.Written;

    /// <summary><see cref="Written"/> for those who have to wait with it; good until more is appended.</summary>
    public ReadOnlyMemory<byte> Kept => _bytes.WrittenMemory;

    /// <summary>Keeps bytes, or lets go of all when they do not fit.</summary>
    public void Append(in ReadOnlySequence<byte> data)
    {
        if (!IsWhole)
        {
            return;
        }

        if (_bytes.Length + data.Length > Limit)
        {
            IsWhole = false;
            _bytes.Reset();
            return;
        }

        foreach (var segment in data)
        {
            _bytes.Write(segment.Span);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _bytes.Reset();
        IsWhole = true;
    }
}
