using System.Diagnostics;
using System.Text;

namespace Balancer.Configuration.Toml;

/// <summary>Our own documents: values, places, messages and the way on after a fault.</summary>
public sealed class TomlReaderTests
{
    [Theory]
    [InlineData("a = 'x'", "x")]
    [InlineData("a = \"x\\ty\"", "x\ty")]
    [InlineData("a = \"\\u00e9\\U0001F600\"", "é😀")]
    [InlineData("a = \"\"\"\nx\ny\"\"\"", "x\ny")]
    [InlineData("a = \"\"\"\r\nx\r\ny\"\"\"", "x\ny")]
    [InlineData("a = \"\"\"x \\\n   y\"\"\"", "x y")]
    [InlineData("a = \"\"\"\"x\"\"\"\"\"", "\"x\"\"")]
    [InlineData("a = '''\\d'x''y'''", "\\d'x''y")]
    [InlineData("a = ''", "")]
    public void Strings_are_read(string document, string expected)
    {
        Assert.Equal(expected, Assert.IsType<TomlString>(Value(document)).Value);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("+99", 99)]
    [InlineData("1_000", 1000)]
    [InlineData("0xdead_BEEF", 0xdeadbeef)]
    [InlineData("0o755", 493)]
    [InlineData("0b1101", 13)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("0x7FFFFFFFFFFFFFFF", long.MaxValue)]
    [InlineData("0o777777777777777777777", long.MaxValue)]
    public void Integers_are_read(string text, long expected)
    {
        Assert.Equal(expected, Assert.IsType<TomlInteger>(Value("a = " + text)).Value);
    }

    [Fact]
    public void Tables_of_all_kinds_make_one_tree()
    {
        var document = Read("""
            x.y = 1
            [a.b]
            c = { d = 2, e.f = 3 }
            [[a.t]]
            n = 1
            [[a.t]]
            n = 2
            [a.t.u]
            v = 3
            [a]
            w = 4
            """);

        Assert.Empty(document.Errors);
        Assert.Equal("{x:{y:1},a:{b:{c:{d:2,e:{f:3}}},t:[{n:1},{n:2,u:{v:3}}],w:4}}", Show(document.Root));
    }

    [Fact]
    public void Keys_and_values_carry_line_and_column_of_characters()
    {
        var document = Read("a = [ '😀', {x = true} ]\n  b . c = \"\"\"\nx\"\"\"\n[t]\n");

        var array = Assert.IsType<TomlArray>(document.Root.Entries[0].Value);
        Assert.Equal(new TomlPosition(1, 5), array.Position);
        Assert.Equal(new TomlPosition(1, 7), array.Items[0].Position);
        var table = Assert.IsType<TomlTable>(array.Items[1]);
        Assert.Equal(new TomlPosition(1, 12), table.Position);
        Assert.Equal(new TomlPosition(1, 13), table.Entries[0].Key.Position);
        Assert.Equal(new TomlPosition(1, 17), table.Entries[0].Value.Position);
        var inner = Assert.IsType<TomlTable>(document.Root.Entries[1].Value).Entries[0];
        Assert.Equal(new TomlPosition(2, 7), inner.Key.Position);
        Assert.Equal(new TomlPosition(2, 11), inner.Value.Position);
        Assert.Equal(new TomlPosition(4, 1), document.Root.Entries[2].Value.Position);
    }

    [Theory]
    [InlineData("a = 'hello'", 3, 1, 9)]
    [InlineData("a = \"h\\u00e9llo\"", 2, 1, 13)]
    [InlineData("a = \"h\\tx\\ty\"", 4, 1, 12)]
    [InlineData("a = \"\"\"\none\ntwo\"\"\"", 5, 3, 2)]
    [InlineData("a = \"\"\"\none \\\n  two\"\"\"", 5, 3, 4)]
    [InlineData("a = '😀x'", 2, 1, 7)]
    [InlineData("a = 'x'", 1, 1, 7)]
    public void A_string_knows_the_place_of_each_character(string document, int index, int line, int column)
    {
        Assert.Equal(new TomlPosition(line, column), Assert.IsType<TomlString>(Value(document)).PositionOf(index));
    }

    [Theory]
    [InlineData("a", "1:2: found the end of the file, expected '=' after the key 'a'")]
    [InlineData("a =", "1:4: found the end of the file, expected a value after '='")]
    [InlineData("a = # none", "1:5: found '#', expected a value after '='")]
    [InlineData("= 1", "1:1: found '=', expected a key: letters, digits, '_' and '-', or a string in quotes")]
    [InlineData("a. = 1", "1:4: found '=', expected a key: letters, digits, '_' and '-', or a string in quotes")]
    [InlineData("a = 1 b = 2", "1:7: found 'b', expected the end of the line")]
    [InlineData("a = 1\na = 2", "2:1: 'a' is already defined at 1:1")]
    [InlineData("a.b = 1\na = 2", "2:1: 'a' is already defined as a table at 1:1")]
    [InlineData("[a]\n[a]", "2:2: 'a' is already defined as a table at 1:2")]
    [InlineData("[[a]]\n[a]", "2:2: 'a' was defined as [[a]] at 1:3, expected [[…]] here too")]
    [InlineData("a = [1]\n[[a]]", "2:3: 'a' is already defined as an array at 1:1")]
    [InlineData("a = {b = 1}\n[a.c]", "2:2: 'a' is already defined as an inline table, which nothing may be added to, at 1:1")]
    [InlineData("a = {b.c = 1, b = 2}", "1:15: 'b' is already defined as a table at 1:6")]
    [InlineData("a = {b.c = 1}\na.b.d = 2", "2:1: 'a' is already defined as an inline table, which nothing may be added to, at 1:1")]
    [InlineData("a = True", "1:5: found 'True', expected true or false in small letters")]
    [InlineData("a = on", "1:5: found 'on', expected true")]
    [InlineData("a = off", "1:5: found 'off', expected false")]
    [InlineData("a = 30s", "1:5: found '30s', which is not a number; a text needs quotes")]
    [InlineData("a = 10.0.0.1:80", "1:5: found '10.0.0.1:80', which is not a number; a text, such as an address, needs quotes")]
    [InlineData("a = main", "1:5: found 'main', expected a value: a string in quotes, a number, true or false, a date, an array or a table")]
    [InlineData("a = 01", "1:5: found '01', expected a number without a leading zero")]
    [InlineData("a = 1__0", "1:5: found '1__0', which is not a number; a text needs quotes")]
    [InlineData("a = 0b12", "1:5: found the digit '2' in '0b12', expected digits of base 2")]
    [InlineData("a = 9223372036854775808", "1:5: found '9223372036854775808', expected an integer from -9223372036854775808 to 9223372036854775807")]
    [InlineData("a = 2026-02-30", "1:5: found '2026-02-30', but there is no day 2026-02-30")]
    [InlineData("a = 24:00:00", "1:5: found '24:00:00', expected a time from 00:00:00 to 23:59:59")]
    [InlineData("a = 12:30", "1:5: found '12:30', expected a date and time as 2026-01-31T23:59:59Z, 2026-01-31 or 23:59:59")]
    [InlineData("a = \"x", "1:5: the string is not closed: found the end of the file, expected \"")]
    [InlineData("a = 'x\nb = 1", "1:5: the string is not closed: found the end of the line, expected '")]
    [InlineData("a = '''x", "1:5: the string is not closed: found the end of the file, expected '''")]
    [InlineData("a = \"\\d\"", "1:6: found \\d, expected \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX or \\UXXXXXXXX; a string in '…' takes backslashes as they are")]
    [InlineData("a = \"\\uD800\"", "1:6: \\uD800 is no Unicode character")]
    [InlineData("a = \"\\u12\"", "1:6: found \\u without 4 hexadecimal digits, expected \\uXXXX or \\UXXXXXXXX")]
    [InlineData("a = \"\u0001\"", "1:6: a string cannot hold the control character U+0001 as it is; write it as an escape in \"…\"")]
    [InlineData("# \u007f", "1:3: a comment cannot hold the control character U+007F")]
    [InlineData("a = 1\rb = 2", "1:6: found a carriage return without a line feed, expected the end of the line")]
    [InlineData("a = [1 2]", "1:8: found '2', expected ',' or ']' in the array opened at 1:5")]
    [InlineData("a = [1, 2", "1:10: found the end of the file, expected ',' or ']' in the array opened at 1:5")]
    [InlineData("a = [1,,2]", "1:8: found ',', expected a value")]
    [InlineData("a = {b = 1,}", "1:12: found '}', expected a key: letters, digits, '_' and '-', or a string in quotes")]
    [InlineData("a = {b = 1\n}", "1:11: found the end of the line, expected '}': an inline table stands on one line")]
    [InlineData("a = {\n  }", "1:6: found the end of the line, expected a key: an inline table stands on one line")]
    [InlineData("[a", "1:3: found the end of the file, expected ']' after the name of the table")]
    [InlineData("[[a]", "1:4: found ']', expected ']]' after the name of the table")]
    [InlineData("[]", "1:2: found ']', expected a key: letters, digits, '_' and '-', or a string in quotes")]
    [InlineData("a = ä", "1:5: found 'ä', expected a value")]
    [InlineData("a = \u00a01", "1:5: found the character U+00A0, expected a value")]
    [InlineData("\"\"\"a\"\"\" = 1", "1:1: a key cannot be a string of several lines")]
    public void A_fault_says_where_what_was_found_and_what_was_expected(string document, string expected)
    {
        Assert.Equal(expected, string.Join('\n', Read(document).Errors));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_reported_where_they_stand()
    {
        var document = TomlReader.Instance.Read([.. "a = 1\nb = 'x"u8, 0xff, .. "'\nc = 2\n"u8]);

        Assert.Equal("2:7: found bytes that are not UTF-8", Assert.Single(document.Errors).ToString());
        Assert.Equal(3, document.Root.Entries.Count);
    }

    [Fact]
    public void All_faults_of_a_file_are_found_and_the_good_lines_kept()
    {
        var document = Read("""
            a = 30s
            b = 1
            [good]
            c = "x
            d = 2
            servers = [
              "one",
              two,
              "three",
            ]
            e = 3
            [broken
            f = 4
            f = 5
            [later]
            g = [
              1,
            h = 6
            """);

        Assert.Equal(["1:5", "4:5", "8:3", "12:8", "14:1", "18:1"], document.Errors.Select(e => e.Position.ToString()));
        Assert.Equal("{b:1,good:{d:2,e:3},later:{h:6}}", Show(document.Root));
    }

    [Fact]
    public void The_number_of_faults_reported_is_bounded()
    {
        Assert.Equal(TomlCursor.MaxErrors, Read(string.Concat(Enumerable.Repeat("?\n", 5000))).Errors.Count);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{a=", "}")]
    [InlineData("[{a=", "}]")]
    public void Deep_nesting_is_a_fault_and_not_a_stack_overflow(string open, string close)
    {
        const int depth = 200_000;
        var document = Read("a = " + string.Concat(Enumerable.Repeat(open, depth)) + string.Concat(Enumerable.Repeat(close, depth)));

        Assert.StartsWith("arrays and tables are nested more than", Assert.Single(document.Errors).Message);
    }

    [Fact]
    public void A_key_of_too_many_parts_is_a_fault()
    {
        Assert.Equal("the key has more than 100 parts", Assert.Single(Read(string.Join('.', Enumerable.Repeat("a", 5000)) + " = 1").Errors).Message);
    }

    [Fact]
    public void Nesting_up_to_the_limit_is_read()
    {
        Assert.Empty(Read("a = " + new string('[', TomlCursor.MaxDepth) + new string(']', TomlCursor.MaxDepth)).Errors);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutated_documents_never_throw_and_are_read_in_bounded_time(int seed)
    {
        var random = new Random(seed);
        var original = Encoding.UTF8.GetBytes("""
            # comment ü
            include = ["upstreams/*.toml"]
            a.b."c d" = { x = 1, y = [1.5, 2e3, 0xff], z.w = 'q' }
            [upstream.one]
            keepalive = 128
            server = [
              "10.0.2.10:3002 weight=100", # first
              '''multi
            line''',
            ]
            [[server]]
            when = [1979-05-27T07:32:00-08:00, 1979-05-27, 07:32:00, 1979-05-27 07:32:00.5]
            text = "\u00e9\t \"q\" \\"
            more = '''' a '''
            [[server.location]]
            path = "/"
            return = '200 "ok"'
            [[server.location]]
            flag = true
            """);
        var inserts = new[] { "[", "]", "[[", "{", "}", "\"", "'", "\"\"\"", "'''", "\\", "\\u", "=", ".", ",", "#", "\n", "\r", "\0", "\u00ff", "inf", "-", "_", "1979-", ":" };
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < 1500; round++)
        {
            var bytes = new List<byte>(original);
            for (var mutation = random.Next(1, 6); mutation > 0; mutation--)
            {
                var at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0:
                        bytes[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        bytes.RemoveRange(at, Math.Min(random.Next(1, 30), bytes.Count - at - 1));
                        break;
                    case 2:
                        bytes.InsertRange(at, Encoding.UTF8.GetBytes(inserts[random.Next(inserts.Length)]));
                        break;
                    default:
                        bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count / 2), random.Next(1, bytes.Count / 2)));
                        break;
                }
            }

            var document = TomlReader.Instance.Read(bytes.ToArray());
            foreach (var error in document.Errors)
            {
                Assert.True(error.Position.Line >= 1 && error.Position.Column >= 1);
                Assert.NotEmpty(error.Message);
            }
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"1500 documents took {watch.Elapsed}");
    }

    private static TomlDocument Read(string text) => TomlReader.Instance.Read(Encoding.UTF8.GetBytes(text));

    private static TomlValue Value(string text)
    {
        var document = Read(text);
        Assert.Empty(document.Errors);
        return document.Root.Entries[0].Value;
    }

    private static string Show(TomlValue value) => value switch
    {
        TomlTable table => $"{{{string.Join(',', table.Entries.Select(e => $"{e.Key.Name}:{Show(e.Value)}"))}}}",
        TomlArray array => $"[{string.Join(',', array.Items.Select(Show))}]",
        TomlInteger integer => integer.Value.ToString(),
        _ => value.Kind.ToString(),
    };
}
