using System.Text;
using Balancer.Infrastructure;

namespace Balancer.Http.Variables;

/// <summary>Queries and cookies made of the characters that matter, beside a plain reading of them.</summary>
public sealed class NamedValuesFuzzTests
{
    private const int Iterations = 50_000;

    [Fact]
    public void Arguments()
    {
        var random = new Random(1);
        for (var i = 0; i < Iterations; i++)
        {
            var query = Text(random, "aAb=&%+;");
            var name = Text(random, "ab", 1);

            var expected = query.Split('&')
                .Where(argument => argument.Contains('=', StringComparison.Ordinal) && argument[..argument.IndexOf('=', StringComparison.Ordinal)].Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(argument => argument[(argument.IndexOf('=', StringComparison.Ordinal) + 1)..])
                .FirstOrDefault();
            var isFound = NamedValues.TryFindArgument(Encoding.ASCII.GetBytes(query), Encoding.ASCII.GetBytes(name), out var value);

            Assert.Equal(expected, isFound ? Encoding.ASCII.GetString(value) : null);
        }
    }

    [Fact]
    public void Cookies()
    {
        var random = new Random(2);
        for (var i = 0; i < Iterations; i++)
        {
            var field = Text(random, "aAb=; ,\"");
            var name = Text(random, "ab", 1);

            var expected = field.Split(';')
                .Where(pair => pair.Contains('=', StringComparison.Ordinal) && pair[..pair.IndexOf('=', StringComparison.Ordinal)].Trim(' ').Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(pair => pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim(' '))
                .FirstOrDefault();
            var isFound = NamedValues.TryFindCookie(Encoding.ASCII.GetBytes(field), Encoding.ASCII.GetBytes(name), out var value);

            Assert.Equal(expected, isFound ? Encoding.ASCII.GetString(value) : null);
        }
    }

    [Fact]
    public void Credentials()
    {
        var random = new Random(3);
        var output = new ByteBuffer();
        for (var i = 0; i < Iterations; i++)
        {
            var pair = Text(random, "ab:\u00e9");
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
            output.Clear();
            var isFound = BasicCredentials.TryAppendUser(Encoding.ASCII.GetBytes($"Basic {encoded}"), output);
            var user = pair.Contains(':', StringComparison.Ordinal) ? pair[..pair.IndexOf(':', StringComparison.Ordinal)] : "";
            Assert.Equal(user, Encoding.UTF8.GetString(output.Written));
            Assert.Equal(user.Length > 0, isFound);

            var mutated = encoded.ToCharArray();
            if (mutated.Length > 0)
            {
                mutated[random.Next(mutated.Length)] = "=a/+ ~"[random.Next(6)];
            }

            output.Clear();
            isFound = BasicCredentials.TryAppendUser(Encoding.ASCII.GetBytes($"Basic {new string(mutated)}"), output);
            Assert.False(output.Written.Contains((byte)':'));
            Assert.True(isFound || output.Length == 0);
        }
    }

    private static string Text(Random random, string alphabet, int least = 0) =>
        string.Concat(Enumerable.Range(0, random.Next(least, 12)).Select(_ => alphabet[random.Next(alphabet.Length)]));
}
