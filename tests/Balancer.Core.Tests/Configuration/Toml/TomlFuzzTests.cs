using System.Text;

namespace Balancer.Configuration.Toml;

/// <summary>Documents that were made, and documents that were broken.</summary>
public sealed class TomlFuzzTests
{
    private const string Seed = """
        # comment
        title = "a \"b\" \u00e9 \\"
        literal = 'C:\path'
        multi = '''
        two
        lines'''
        folded = "\
          x"
        [owner."quoted key".'other']
        born = 1979-05-27T07:32:00.123-08:00
        day = 1979-05-27
        at = 07:32:00
        [[list]]
        a.b.c = [1, 0xff, 0b1, 0o7, -1_000, [ "x", { y = 1.5e3, z = inf } ], ]
        [[list]]
        a = { }
        [list.sub]
        on = true
        """;

    private static readonly string[] Pieces =
    [
        "\"", "'", "\"\"\"", "'''", "\\", "\\u", "\\U0010FFFF", "\\uD800", "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "#", "\n", "\r\n", "\r", "\t", " ",
        "0x", "1e", "_", "-", "+", "inf", "nan", "true", "1979-13-27", "25:61:61", "Z", "\0", "\u007f", "\u00e9", "\ud83d\ude00", "a", "a.b", "9223372036854775808",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_the_bytes_there_is_an_answer_and_every_fault_has_a_place_in_the_text(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 5_000; i++)
        {
            var data = Mutate(random);
            var document = TomlReader.Instance.Read(data);

            var lines = Encoding.UTF8.GetString(data).Split('\n');
            foreach (var error in document.Errors)
            {
                Assert.InRange(error.Position.Line, 1, lines.Length);
                Assert.InRange(error.Position.Column, 1, lines[error.Position.Line - 1].Length + 1);
                Assert.NotEmpty(error.Message);
            }

            Assert.Equal(document.Errors.Select(e => e.Position).Distinct().Count(), document.Errors.Count);
            AssertPlaces(document.Root, lines);
        }
    }

    [Fact]
    public void The_line_that_is_wrong_does_not_hide_the_lines_after_it()
    {
        var random = new Random(4);
        for (var i = 0; i < 2_000; i++)
        {
            var wrong = string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => "=]}.,x1 "[random.Next(8)])) + "\u0001";
            var document = TomlReader.Instance.Read(Encoding.UTF8.GetBytes($"before = 1\n{wrong}\nafter = 2\n"));

            Assert.NotEmpty(document.Errors);
            Assert.True(document.Root.TryGetValue("before", out _));
            Assert.True(document.Root.TryGetValue("after", out _), wrong);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_was_written_is_what_is_read_however_it_was_written(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 1_000; i++)
        {
            var made = new TomlMaker(random);
            var text = made.Document(out var expected);

            var document = TomlReader.Instance.Read(Encoding.UTF8.GetBytes(text));

            Assert.True(document.Errors.Count == 0, $"{string.Join('\n', document.Errors)}\n{text}");
            Assert.Equal(expected, TomlMaker.Show(document.Root));
        }
    }

    [Theory]
    [InlineData("a = ", "[", "]")]
    [InlineData("a = ", "{b=", "}")]
    [InlineData("a = ", "[{b=", "}]")]
    [InlineData("", "[a", "]")]
    public void Nesting_without_end_does_not_end_the_process(string start, string open, string close)
    {
        foreach (var depth in new[] { 50, 5_000, 200_000 })
        {
            var document = TomlReader.Instance.Read(Encoding.UTF8.GetBytes(start + string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth))));
            Assert.True(depth < 100 || document.Errors.Count > 0);
        }
    }

    [Fact]
    public void A_key_of_many_parts_is_read_or_refused_in_little_time()
    {
        var document = TomlReader.Instance.Read(Encoding.UTF8.GetBytes(string.Join('.', Enumerable.Repeat("a", 100_000)) + " = 1"));

        Assert.True(document.Errors.Count > 0 || document.Root.Entries.Count == 1);
    }

    private static byte[] Mutate(Random random)
    {
        var text = new StringBuilder(Seed);
        for (var change = random.Next(1, 8); change > 0 && text.Length > 0; change--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 1:
                    text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at));
                    break;
                case 2:
                    text[at] = (char)random.Next(32, 127);
                    break;
                default:
                    text.Length = Math.Max(1, at);
                    break;
            }
        }

        var data = Encoding.UTF8.GetBytes(text.ToString());
        if (data.Length > 0 && random.Next(4) == 0)
        {
            data[random.Next(data.Length)] = (byte)random.Next(256);
        }

        return data;
    }

    private static void AssertPlaces(TomlTable table, string[] lines)
    {
        foreach (var entry in table.Entries)
        {
            Assert.InRange(entry.Key.Position.Line, 1, lines.Length);
            Assert.InRange(entry.Value.Position.Line, 1, lines.Length);
            if (entry.Value is TomlTable inner)
            {
                AssertPlaces(inner, lines);
            }
        }
    }
}
