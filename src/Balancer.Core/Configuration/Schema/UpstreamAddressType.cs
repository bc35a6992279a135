using Balancer.Configuration.Values;

namespace Balancer.Configuration.Schema;

/// <summary>The address of an upstream server.</summary>
internal sealed class UpstreamAddressType : WordType<UpstreamAddress>
{
    public override string Name => "address";

    public override string Expected => "an address such as \"10.0.2.10:3002\", \"[2001:db8::1]:80\", \"name:80\" or \"unix:/path\"";

    public override bool TryReadWord(Word word, BindContext context, out UpstreamAddress result)
    {
        if (UpstreamAddress.TryParse(word.Text, out var address, out var error))
        {
            result = address;
            return true;
        }

        result = new UpstreamAddress(word.Text, null, 0, false, null);
        return context.Fail(word.Position, error);
    }

    public override string WriteWord(UpstreamAddress value) => value.Text;
}
