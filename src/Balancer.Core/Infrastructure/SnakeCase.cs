using System.Text;

namespace Balancer.Infrastructure;

/// <summary>Turns the names of this source into those that labels and logs use.</summary>
internal static class SnakeCase
{
    /// <summary><c>UpstreamReset</c> becomes <c>upstream_reset</c>, <c>clientIP</c> becomes <c>client_ip</c>.</summary>
    public static string Of(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsAsciiLetterUpper(name[i]) && i > 0 && !char.IsAsciiLetterUpper(name[i - 1]) && name[i - 1] != '_')
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
