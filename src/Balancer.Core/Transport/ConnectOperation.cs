using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Balancer.Infrastructure;

namespace Balancer.Transport;

/// <summary>One attempt to connect. A failure is a return value, not an exception: it is daily business when servers are down.</summary>
internal sealed class ConnectOperation : SocketAsyncEventArgs, IValueTaskSource<SocketError>, IInterruptible
{
    private ManualResetValueTaskSourceCore<SocketError> _source;

    public ConnectOperation()
        : base(true)
    {
    }

    /// <summary>Connects <paramref name="socket"/>, after which it may be interrupted; <see cref="SocketError.OperationAborted"/> when interrupted.</summary>
    public ValueTask<SocketError> ConnectAsync(Socket socket, EndPoint endPoint)
    {
        RemoteEndPoint = endPoint;
        return socket.ConnectAsync(this) ? new ValueTask<SocketError>(this, _source.Version) : new ValueTask<SocketError>(SocketError);
    }

    public void Interrupt() => Socket.CancelConnectAsync(this);

    protected override void OnCompleted(SocketAsyncEventArgs e) => _source.SetResult(e.SocketError);

    SocketError IValueTaskSource<SocketError>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<SocketError>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<SocketError>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
