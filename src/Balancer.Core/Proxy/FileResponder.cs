using System.Buffers;
using Balancer.Http;
using Balancer.Routing;
using Microsoft.Win32.SafeHandles;

namespace Balancer.Proxy;

/// <summary>Answers requests with files (<c>root</c>). Disks may take their time, so they are never waited for on the thread of a socket.</summary>
internal sealed class FileResponder(GatewayServices services)
{
    private const int BlockSize = 16 * 1024;

    /// <summary>Serves the file of the request's path, whole whatever range is asked for: 404 when there is none, 403 when it may not be read, 405 for other methods than GET and HEAD.</summary>
    /// <returns>Whether the connection may carry another request.</returns>
    public async ValueTask<bool> ServeAsync(HttpExchange exchange, Downstream downstream, Location location, FileFolder folder)
    {
        if (exchange.Request.KnownMethod is not (KnownMethod.Get or KnownMethod.Head))
        {
            // RFC 9110 section 15.5.6.
            exchange.PhaseFields.Add("Allow"u8, "GET, HEAD"u8);
            return await RefuseAsync(exchange, downstream, location, 405);
        }

        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            // The first bytes are read before the head is written: until then a file that cannot be read is one that is not there.
            var (file, length, first, isForbidden) = await Task.Run(() => OpenAndRead(folder, exchange.NormalizedPath, block));
            using (file)
            {
                return file is null
                    ? await RefuseAsync(exchange, downstream, location, isForbidden ? 403 : 404)
                    : await SendAsync(exchange, downstream, location, folder, file, length, block, first);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static (SafeFileHandle? File, long Length, int First, bool IsForbidden) OpenAndRead(FileFolder folder, ReadOnlySpan<byte> path, byte[] block)
    {
        var file = folder.Open(path, out var isForbidden);
        if (file is null)
        {
            return (null, 0, 0, isForbidden);
        }

        try
        {
            return (file, RandomAccess.GetLength(file), RandomAccess.Read(file, block, 0), false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // A folder, a pipe, or a broken disk.
            file.Dispose();
            return default;
        }
    }

    private async ValueTask<bool> SendAsync(
        HttpExchange exchange, Downstream downstream, Location location, FileFolder folder, SafeFileHandle file, long length, byte[] block, int read)
    {
        exchange.LocalContentType = folder.ContentType;
        var status = exchange.Uri.KeptStatus != 0 ? exchange.Uri.KeptStatus : 200;
        downstream.BeginResponse(exchange, status, ReasonPhrases.Of(status), ResponseTrailers.Framing(exchange, location, status, BodyFraming.ContentLength), length);
        downstream.AddField("Server"u8, "balancer"u8);
        downstream.AddField("Date"u8, services.WallClock.HttpDate);
        downstream.AddField("Content-Type"u8, folder.ContentType);
        LocalResponse.AddExpires(exchange, downstream, location, status);
        LocalResponse.AddFields(exchange, downstream, location);
        downstream.EndHead(exchange);
        for (long sent = 0; exchange.Request.KnownMethod != KnownMethod.Head && sent < length;)
        {
            if (read <= 0)
            {
                // The file has become shorter: the client must see that something is missing.
                exchange.Error = ProxyError.GatewayFault;
                downstream.Abort();
                return false;
            }

            read = (int)Math.Min(read, length - sent);
            downstream.WriteBody(exchange, block.AsSpan(0, read));
            sent += read;
            if (sent < length)
            {
                if (!await downstream.FlushAsync(exchange))
                {
                    return false;
                }

                read = await Task.Run(() => ReadOn(file, block, sent));
            }
        }

        ResponseTrailers.EndBody(exchange, downstream, location);
        return exchange.Completed = await downstream.FlushAsync(exchange);
    }

    private static int ReadOn(SafeFileHandle file, byte[] block, long offset)
    {
        try
        {
            return RandomAccess.Read(file, block, offset);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private async ValueTask<bool> RefuseAsync(HttpExchange exchange, Downstream downstream, Location location, int status)
    {
        if (!ErrorAnswer.Write(exchange, downstream, location, status, services.WallClock))
        {
            return true;
        }

        return exchange.Completed = await downstream.FlushAsync(exchange);
    }
}
