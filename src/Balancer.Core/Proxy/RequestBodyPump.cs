using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.Upstreams.Connections;

namespace Balancer.Proxy;

/// <summary>
/// Sends the part of a request's body that arrives after the head was sent, while the flow of control already waits for the
/// response: a server may answer before it has read all. The flow stops the pump before it lets go of either connection.
/// </summary>
internal sealed class RequestBodyPump
{
    /// <summary>Bytes gathered before they are sent.</summary>
    public const int FlushThreshold = 32 * 1024;

    private Task _running = Task.CompletedTask;
    private IoGuard? _guard;
    private GuardPool? _guards;

    private volatile bool _isRunning;

    /// <summary>Whether it is still sending.</summary>
    public bool IsRunning => _isRunning;

    /// <summary>Whether the whole body was sent.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>Starts to send.</summary>
    public void Start(ForwardContext context, UpstreamConnection connection, GatewayServices services)
    {
        _guards = services.Guards;
        _guard = _guards.Rent();
        IsComplete = false;
        _isRunning = true;
        _running = RunAsync(context, connection, _guard);
    }

    /// <summary>Stops sending, and returns when nothing of the exchange is touched any more.</summary>
    public ValueTask StopAsync()
    {
        if (_guard is null)
        {
            return ValueTask.CompletedTask;
        }

        return StopRunningAsync();
    }

    private async ValueTask StopRunningAsync()
    {
        _guard!.Interrupt();
        await _running;
        _guards!.Return(_guard);
        _guard = null;
        _running = Task.CompletedTask;
        IsComplete = true;
    }

    private async Task RunAsync(ForwardContext context, UpstreamConnection connection, IoGuard guard)
    {
        var error = await SendAsync(context, connection, guard);
        if (guard.IsInterrupted)
        {
            _isRunning = false;
            return;
        }

        if (error == ProxyError.None)
        {
            IsComplete = true;
        }
        else
        {
            context.PumpError = error;
        }

        // The flow waits for the response without a limit while the body is being sent; now proxy_read_timeout begins.
        _isRunning = false;
        context.Guard.Nudge();
    }

    private static async ValueTask<ProxyError> SendAsync(ForwardContext context, UpstreamConnection connection, IoGuard guard)
    {
        var output = connection.Output;
        var downstream = context.Downstream;
        while (true)
        {
            var read = await downstream.ReadBodyAsync(guard, context.BodyTimeout);
            var error = RequestSender.Take(context, output, read);
            if (error != ProxyError.None)
            {
                return error;
            }

            if (downstream.IsBodyComplete)
            {
                RequestSender.EndBody(context, output);
            }

            if (downstream.IsBodyComplete || output.UnflushedBytes >= FlushThreshold || !downstream.IsBodyBuffered)
            {
                error = await UpstreamFlush.FlushAsync(output, guard, context.Action.SendTimeout, context);
                if (error != ProxyError.None)
                {
                    return error;
                }
            }

            if (downstream.IsBodyComplete)
            {
                return ProxyError.None;
            }
        }
    }
}
