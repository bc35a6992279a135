using System.Text;

namespace Balancer.Access.Passwords;

public sealed class PasswordFileParserTests
{
    [Theory]
    [InlineData("$apr1$abcdefgh$bw9gEObk10asetVLiysIZ0")]
    [InlineData("{SHA}kGByAB793z4R5tK1eC9Hd/4Dhzk=")]
    [InlineData("{SSHA}D9L1GVdFh4eHgHXQeB8pTEgIELxzYWx0")]
    [InlineData("{PLAIN}geheim")]
    [InlineData("$2y$04$abcdefghijklmnopqrstuuPWRtT5yx7FBi4dcf6ROhboeNunUrLQ.")]
    [InlineData("$2b$04$abcdefghijklmnopqrstuuPWRtT5yx7FBi4dcf6ROhboeNunUrLQ.")]
    [InlineData("$2a$04$abcdefghijklmnopqrstuuPWRtT5yx7FBi4dcf6ROhboeNunUrLQ.")]
    [InlineData("$5$abcdefgh$azU9PNNJw9essBuwq5yihWY9lFXM0dF54Ph4sAxX.YB")]
    [InlineData("$6$abcdefgh$msgktWxVAbjjh3X7lA5LaM7dS/ZfABJL6T4qcRsnjcOTj0kptUvZcrvrXIoO5fgPA9xz6UnF2To2Y7jGc/IZY/")]
    [InlineData("$1$abcdefgh$eKehL.s8tG6zTf8hBtmEF.")]
    public void A_password_is_verified_in_every_format(string text)
    {
        var users = PasswordFileParser.Parse($"# users\n\nada:{text}:a comment\r\n", out var errors);

        Assert.Empty(errors);
        var hash = users["ada"];
        Assert.True(hash.Matches("geheim"u8));
        foreach (var wrong in (string[])["", "g", "geheim ", "Geheim", "geheim\0", "geheim\0x", "geheimx", text])
        {
            Assert.False(hash.Matches(Encoding.UTF8.GetBytes(wrong)), wrong);
        }
    }

    [Theory]
    [InlineData("", "$apr1$xy$43..WIhbfuznGvwoCyUek/")]
    [InlineData("a", "$apr1$xy$T6yk43HTfQwCY.mtbxwJ8/")]
    [InlineData("a longer password with more than sixteen bytes, even thirty two", "$apr1$xy$1WB6WeKW2ulXURbBRyoPA/")]
    [InlineData("pässword", "$apr1$xy$AofaYvXdKuw7EgsdcGZZn0")]
    [InlineData("a:b", "{PLAIN}a")]
    public void Passwords_of_any_length_are_those_of_openssl(string password, string text)
    {
        var users = PasswordFileParser.Parse($"ada:{text}", out var errors);

        Assert.Empty(errors);
        Assert.Equal(password != "a:b", users["ada"].Matches(Encoding.UTF8.GetBytes(password)));
    }

    [Theory]
    [InlineData("ada", "expected a user's name, a colon and the password as htpasswd writes it")]
    [InlineData(":x", "expected a user's name, a colon and the password as htpasswd writes it")]
    [InlineData("ada:", "expected a user's name, a colon and the password as htpasswd writes it")]
    [InlineData("ada:secret", "the password of 'ada' is in no known format: make the line with htpasswd, or write {PLAIN} in front of a password that is not hashed")]
    [InlineData("ada:$2y$", "the password of 'ada' is not whole")]
    [InlineData("ada:$2y$04$abcdefghijklmnopqrstuuPWRtT5yx7FBi4dcf6ROhboeNunUrLQ", "the password of 'ada' is not whole")]
    [InlineData("ada:$6$abcdefgh$azU9PNNJw9essBuwq5yihWY9lFXM0dF54Ph4sAxX.YB", "the password of 'ada' is not whole")]
    [InlineData("ada:$5$abcdefgh$azU9PNNJw9essBuwq5yihWY9lFXM0dF54Ph4sAx*.YB", "the password of 'ada' is not whole")]
    [InlineData("ada:$nope$x$y", "the password of 'ada' is in a format that crypt(3) of the system does not know")]
    [InlineData("ada:{SHA}short", "the password of 'ada' is no Base64 of a SHA-1 digest")]
    [InlineData("ada:{SHA}D9L1GVdFh4eHgHXQeB8pTEgIELxzYWx0", "the password of 'ada' is no Base64 of a SHA-1 digest")]
    [InlineData("ada:{SSHA}kGByAB793z4R5tK1eC9Hd/4Dhzk=", "the password of 'ada' is no Base64 of a SHA-1 digest")]
    [InlineData("ada:{MD5}x", "the password of 'ada' is in no known format: make the line with htpasswd, or write {PLAIN} in front of a password that is not hashed")]
    [InlineData("ada:$apr1$abcdefghi$bw9gEObk10asetVLiysIZ0", "the password of 'ada' is no apr1 digest: a salt of up to 8 letters, '$' and 22 letters")]
    [InlineData("ada:$apr1$ab$bw9gEObk10asetVLiysIZ", "the password of 'ada' is no apr1 digest: a salt of up to 8 letters, '$' and 22 letters")]
    [InlineData("ada:$apr1$ab$bw9gEObk10asetVLiysI_0", "the password of 'ada' is no apr1 digest: a salt of up to 8 letters, '$' and 22 letters")]
    [InlineData("ada:{PLAIN}x\nada:{PLAIN}y", "the user 'ada' is there already")]
    public void A_faulty_line_is_refused_with_its_number(string text, string expected)
    {
        PasswordFileParser.Parse($"# first\n{text}\nbob:{{PLAIN}}x\n", out var errors);

        var (line, message) = Assert.Single(errors);
        Assert.Equal(expected, message);
        Assert.Equal(text.Contains('\n') ? 3 : 2, line);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_text_is_read_or_refused(int seed)
    {
        var random = new Random(seed);
        const string Alphabet = "ab:$1256y{}SHAPLN.=/\n\r#\0é ";
        for (var round = 0; round < 2000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            var users = PasswordFileParser.Parse(text, out var errors);

            Assert.All(errors, e => Assert.InRange(e.Line, 1, text.Count(c => c == '\n') + 1));
            Assert.All(users.Keys, name => Assert.DoesNotContain(':', name));
        }
    }
}
