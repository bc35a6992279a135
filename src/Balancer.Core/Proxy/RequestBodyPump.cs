using System.IO.Pipelines;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.Upstreams.Connections;

namespace Balancer.Proxy;

/// <summary>
/// Sends the part of a request that could not be sent at once, while the flow of control already waits for the response: a server may
/// answer before it has read all. The flow stops the pump before it lets go of either connection.
/// </summary>
internal sealed class RequestBodyPump
{
    private Task _running = Task.CompletedTask;
    private IoGuard? _guard;
    private GatewayServices? _services;
    private volatile bool _isRunning;
    private bool _isComplete;

    /// <summary>Whether it is still sending.</summary>
    public bool IsRunning => _isRunning;

    /// <summary>Starts to send, once <paramref name="flush"/> of what was written before is over.</summary>
    public void Start(ForwardContext context, UpstreamConnection connection, ValueTask<FlushResult> flush, GatewayServices services)
    {
        _services = services;
        _guard = services.Guards.Rent();
        _isComplete = false;
        _isRunning = true;
        _running = RunAsync(context, connection.Output, flush, _guard);
    }

    /// <summary>Stops sending, and returns when nothing of the exchange is touched any more.</summary>
    /// <returns>Whether the whole request was sent. A server that has read it may answer before the end of our own write comes to the pump's notice.</returns>
    public ValueTask<bool> StopAsync() => _guard is null ? new ValueTask<bool>(true) : StopRunningAsync();

    private async ValueTask<bool> StopRunningAsync()
    {
        _guard!.Interrupt();
        await _running;
        _services!.Guards.Return(_guard);
        _guard = null;
        _running = Task.CompletedTask;
        return _isComplete;
    }

    private async Task RunAsync(ForwardContext context, PipeWriter output, ValueTask<FlushResult> flush, IoGuard guard)
    {
        ProxyError error;
        try
        {
            error = await SendAsync(context, output, flush, guard);
        }
        catch (Exception e)
        {
            _services!.Log.Fault(e);
            error = ProxyError.GatewayFault;
        }

        switch (error)
        {
            case ProxyError.None:
                _isComplete = context.Downstream.IsBodyComplete;
                break;
            case ProxyError.UpstreamWriteFailed:
                // Reading tells whether the server has answered before it closed.
                context.IsSendBroken = true;
                break;
            case var _ when !guard.IsInterrupted:
                context.PumpError = error;
                break;
        }

        // The flow waits for the response without a limit while the request is being sent; now proxy_read_timeout begins.
        _isRunning = false;
        context.Guard.Nudge();
    }

    private static async ValueTask<ProxyError> SendAsync(ForwardContext context, PipeWriter output, ValueTask<FlushResult> flush, IoGuard guard)
    {
        var downstream = context.Downstream;
        var error = await UpstreamFlush.EndAsync(flush, output, guard, context.Action.SendTimeout);
        while (error == ProxyError.None && !downstream.IsBodyComplete && !guard.IsInterrupted)
        {
            var read = await downstream.ReadBodyAsync(guard, context.BodyTimeout);
            error = RequestSender.Take(context, output, read);
            if (error == ProxyError.None)
            {
                error = RequestSender.TakeWhatIsHere(context, output);
            }

            if (error == ProxyError.None && (downstream.IsBodyComplete || output.UnflushedBytes >= RequestSender.FlushThreshold || !downstream.HasMore()))
            {
                error = await UpstreamFlush.FlushAsync(output, guard, context.Action.SendTimeout);
            }
        }

        return error;
    }
}
