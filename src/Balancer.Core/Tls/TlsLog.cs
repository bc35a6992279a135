using Balancer.Http;
using Microsoft.Extensions.Logging;

namespace Balancer.Tls;

/// <summary>The error log's events of TLS.</summary>
internal sealed partial class TlsLog(ILogger logger)
{
    private readonly ILogger _logger = logger;

    /// <summary>A handshake failed.</summary>
    public void HandshakeFailed(TlsFailure failure, string reason, ClientAddress client)
    {
        if (_logger.IsEnabled(LogLevel.Information))
        {
            LogHandshakeFailed(failure, reason, client.ToString());
        }
    }

    /// <summary>New files of a certificate are in use.</summary>
    [LoggerMessage(EventId = 6002, EventName = "certificate-renewed", Level = LogLevel.Information, Message = "a new certificate is in use: file={File} subject={Subject} expires={Expires:u}")]
    public partial void Renewed(string file, string subject, DateTimeOffset expires);

    /// <summary>New files of a certificate cannot be used.</summary>
    [LoggerMessage(EventId = 6003, EventName = "certificate-refused", Level = LogLevel.Error, Message = "a new certificate cannot be used, the old one is kept: reason={Reason}")]
    public partial void RenewalRefused(string reason);

    /// <summary>A certificate that is in use is not valid now.</summary>
    [LoggerMessage(EventId = 6004, EventName = "certificate-not-valid", Level = LogLevel.Warning, Message = "a certificate is not valid: file={File} subject={Subject} from={From:u} expires={Expires:u}")]
    public partial void NotValid(string file, string subject, DateTimeOffset from, DateTimeOffset expires);

    /// <summary>The status of a certificate could not be had.</summary>
    [LoggerMessage(EventId = 6005, EventName = "ocsp-failed", Level = LogLevel.Warning, Message = "the status of a certificate could not be had: file={File} responder={Responder} reason={Reason}")]
    public partial void OcspFailed(string file, Uri responder, string reason);

    /// <summary>The status of a certificate cannot be asked for at all.</summary>
    [LoggerMessage(EventId = 6006, EventName = "ocsp-impossible", Level = LogLevel.Warning, Message = "no status is stapled to a certificate: file={File} reason={Reason}")]
    public partial void OcspImpossible(string file, string reason);

    [LoggerMessage(EventId = 6001, EventName = "handshake-failed", Level = LogLevel.Information, Message = "a TLS handshake failed: error={Error} reason={Reason} client={Client}")]
    private partial void LogHandshakeFailed(TlsFailure error, string reason, string client);
}
