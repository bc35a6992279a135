using System.Text;

namespace Balancer.Http.Variables;

/// <summary>A session whose fields hold their own names; it has no id.</summary>
internal sealed class FakeTlsSession : TlsSession
{
    protected override byte[] Read(TlsField field) => field == TlsField.SessionId ? [] : Encoding.ASCII.GetBytes(field.ToString());
}
