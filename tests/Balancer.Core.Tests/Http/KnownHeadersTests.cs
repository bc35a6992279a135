using System.Text;

namespace Balancer.Http;

public sealed class KnownHeadersTests
{
    public static TheoryData<string> Headers => new(Enum.GetNames<KnownHeader>().Where(n => n is not (nameof(KnownHeader.None) or nameof(KnownHeader.XAccel))));

    [Theory]
    [MemberData(nameof(Headers))]
    public void Name_is_found_in_any_case_and_only_whole(string header)
    {
        var known = Enum.Parse<KnownHeader>(header);
        var name = Encoding.ASCII.GetString(KnownHeaders.Name(known));
        Assert.Equal(header, name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);

        Assert.Equal(known, Find(name));
        Assert.Equal(known, Find(name.ToUpperInvariant()));
        Assert.Equal(known, Find(name.ToLowerInvariant()));
        Assert.Equal(KnownHeader.None, Find(name + "s"));
        Assert.Equal(KnownHeader.None, Find("x" + name));
        Assert.Equal(KnownHeader.None, Find(name.Replace('-', '_') + (name.Contains('-', StringComparison.Ordinal) ? "" : "_")));
        for (var i = 0; i < name.Length; i++)
        {
            Assert.Equal(KnownHeader.None, Find(name[..i] + '~' + name[(i + 1)..]));
        }
    }

    [Theory]
    [InlineData("", nameof(KnownHeader.None))]
    [InlineData("a", nameof(KnownHeader.None))]
    [InlineData("ab", nameof(KnownHeader.None))]
    [InlineData("X-Accel-Redirect", nameof(KnownHeader.XAccel))]
    [InlineData("x-accel-EXPIRES", nameof(KnownHeader.XAccel))]
    [InlineData("X-Accel-", nameof(KnownHeader.None))]
    [InlineData("X-Accelerate", nameof(KnownHeader.None))]
    [InlineData("X-A-Header-That-Is-Longer-Than-Any-Other", nameof(KnownHeader.None))]
    public void Other_names_are_none(string name, string known) => Assert.Equal(known, Find(name).ToString());

    private static KnownHeader Find(string name) => KnownHeaders.Find(Encoding.ASCII.GetBytes(name));
}
