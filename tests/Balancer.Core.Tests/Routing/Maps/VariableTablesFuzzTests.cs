using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Balancer.Configuration;
using Balancer.Configuration.Schema;
using Balancer.Http;
using Balancer.Http.Variables;
using Balancer.Infrastructure;
using Balancer.TestSupport;

namespace Balancer.Routing.Maps;

/// <summary>Random tables and texts, beside plain readings of what nginx documents; and sources with characters changed.</summary>
public sealed class VariableTablesFuzzTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Smallest_network_that_holds_an_address_decides(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            var ranges = new Dictionary<(int Length, BigInteger First, BigInteger Last), (string Key, string Value)>();
            for (var i = random.Next(1, 25); i > 0; i--)
            {
                var (key, length, first, last) = RandomRange(random);
                ranges.TryAdd((length, first, last), (key, $"v{i}"));
            }

            var template = Compile($"[geo.v]\naddress = '$http_x'\ndefault = 'none'\nvalues = {Table(ranges.Values)}");
            for (var i = 0; i < 60; i++)
            {
                var address = RandomAddress(random);
                var (bytes, number) = (address.GetAddressBytes().Length, Number(address));
                var expected = ranges.Where(range => range.Key.Length == bytes && range.Key.First <= number && number <= range.Key.Last)
                    .OrderBy(static range => range.Key.Last - range.Key.First)
                    .Select(static range => range.Value.Value)
                    .FirstOrDefault("none");

                Assert.True(expected == Read(template, address.ToString()), $"{address} in {Table(ranges.Values)}: expected {expected}, found {Read(template, address.ToString())}");
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Shares_are_those_of_the_arithmetic_of_nginx(int seed)
    {
        var random = new Random(seed);
        const int Clients = 4000;
        for (var round = 0; round < 20; round++)
        {
            var shares = Shares(random);
            var entries = shares.Select((share, i) => ($"{(share / 100m).ToString(CultureInfo.InvariantCulture)}%", $"v{i}")).Append(("*", "rest"));
            var template = Compile($"[split_clients.v]\nsource = '${{http_x}}AAA'\nvalues = {Lines(entries)}");
            var counts = new int[shares.Length + 1];
            for (var i = 0; i < Clients; i++)
            {
                var text = $"client-{random.Next()}";
                var expected = NginxPart(Encoding.ASCII.GetBytes(text + "AAA"), shares);
                counts[expected]++;

                Assert.Equal(expected == shares.Length ? "rest" : $"v{expected}", Read(template, text));
            }

            // Within five standard deviations of the share.
            Assert.All(shares.Zip(counts), pair => Assert.InRange(pair.Second, Clients * pair.First / 10_000.0 - Deviation(pair.First), Clients * pair.First / 10_000.0 + Deviation(pair.First)));
        }

        static double Deviation(int share) => 1 + 5 * Math.Sqrt(Clients * (share / 10_000.0) * (1 - share / 10_000.0));
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(6, false)]
    [InlineData(7, true)]
    [InlineData(8, true)]
    public void Texts_come_before_masks_and_those_before_expressions(int seed, bool hostnames)
    {
        var random = new Random(seed);
        string[] expressions = ["~^a", "~b$", "~*^A\\.", "~a.b", "~^[ab]+$", "~*C", "~\\.\\.", "~^$", "~(b+)\\.(?<n>[a-c]+)"];
        for (var round = 0; round < 150; round++)
        {
            var entries = new List<(string Key, string Value)>();
            var taken = new HashSet<string>();
            for (var i = random.Next(1, 12); i > 0; i--)
            {
                var name = RandomName(random);
                var key = random.Next(hostnames ? 6 : 3) switch
                {
                    0 => expressions[random.Next(expressions.Length)],
                    3 => $"*.{name}",
                    4 => $".{name}",
                    5 => $"{name}.*",
                    _ => name,
                };

                // A name with a dot in front is two: the name itself, and all below.
                var covered = key.StartsWith('~') ? [key] : key.StartsWith('.') ? [key[1..].ToLowerInvariant(), $"*{key.ToLowerInvariant()}"] : new[] { key.ToLowerInvariant() };
                if (!covered.Any(taken.Contains))
                {
                    taken.UnionWith(covered);
                    entries.Add((key, $"v{i}"));
                }
            }

            var template = Compile($"[map.v]\nsource = '$http_x'\nhostnames = {(hostnames ? "true" : "false")}\ndefault = 'none'\nvalues = {Table(entries)}");
            for (var i = 0; i < 40; i++)
            {
                var text = random.Next(8) == 0 ? "" : RandomName(random) + (random.Next(5) == 0 ? "." : "");
                Assert.True(Expected(entries, text, hostnames) == Read(template, text), $"'{text}' in {Table(entries)}: expected {Expected(entries, text, hostnames)}, found {Read(template, text)}");
            }
        }
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    public void Changed_source_gives_values_or_says_what_is_wrong(int seed)
    {
        var random = new Random(seed);
        var good = 0;
        for (var i = 0; i < 1500; i++)
        {
            var toml = Mutated(random);
            var result = ConfigurationText.Load(toml);
            List<ConfigError> errors = [.. result.Errors];
            if (result.Config is { } config && errors.Count == 0)
            {
                var scope = VariableTables.Compile(config, [], new WallClock(TimeProvider.System), errors);
                if (errors.Count == 0)
                {
                    good++;
                    var template = TextTemplate.Compile(new ConfigText("$m&$h&$g&$s", SourceLocation.None), scope, errors);
                    Assert.Empty(errors);
                    Assert.Equal(3, Read(template, "a-b").Count(static c => c == '&'));
                    Assert.Equal(3, Read(template, "").Count(static c => c == '&'));
                }
            }

            Assert.All(errors, error => Assert.True(error.Message.Length > 0 && error.Location.Line > 0, $"{error}\n{toml}"));
        }

        Assert.InRange(good, 100, 1400);
    }

    private static string Mutated(Random random)
    {
        const string Alphabet = "~*.\\$(){}0129/-:%aB ^<>?|+[]é'\"";
        (string Table, string More, (string Key, string Value)[] Entries)[] tables =
        [
            ("map.m", "source = '$http_x'\n", [("a", "1"), ("~^a(.)b$", "2"), ("~*(?<n>x+)", "${n}y")]),
            ("map.h", "source = '$http_x'\nhostnames = true\n", [("a.b", "3"), ("*.a.b", "4"), (".c.d", "5"), ("w.*", "6")]),
            ("geo.g", "", [("10.0.0.0/8", "7"), ("10.1.0.1-10.1.0.9", "8"), ("2001:db8::/32", "9")]),
            ("split_clients.s", "source = '$remote_addr'\n", [("12.5%", "10"), ("0.01%", "11"), ("*", "12")]),
        ];
        var at = random.Next(tables.Length);
        var entry = random.Next(tables[at].Entries.Length);
        var (key, value) = tables[at].Entries[entry];
        for (var change = random.Next(1, 3); change > 0; change--)
        {
            (key, value) = random.Next(3) == 0 ? (key, Change(value)) : (Change(key), value);
        }

        tables[at].Entries[entry] = (key, value);
        return string.Concat(tables.Select(table => $"[{table.Table}]\n{table.More}values = {(random.Next(2) == 0 ? Table(table.Entries) : Lines(table.Entries))}\n")) + "[[server]]\n";

        string Change(string text)
        {
            var place = random.Next(text.Length + 1);
            var letter = Alphabet[random.Next(Alphabet.Length)].ToString();
            return random.Next(3) switch
            {
                0 => text.Insert(place, letter),
                1 when place < text.Length => text.Remove(place, 1),
                _ when place < text.Length => text.Remove(place, 1).Insert(place, letter),
                _ => text + letter,
            };
        }
    }

    private static string Table(IEnumerable<(string Key, string Value)> entries) =>
        $"{{ {string.Join(", ", entries.Select(static entry => $"{TomlFormat.Key(entry.Key)} = {TomlFormat.Quote(entry.Value)}"))} }}";

    private static string Lines(IEnumerable<(string Key, string Value)> entries) =>
        $"[{string.Join(", ", entries.Select(static entry => TomlFormat.Quote($"{entry.Key} {entry.Value}")))}]";

    /// <summary>What nginx documents of <c>map</c>: the text itself, the longest mask of names below, the longest mask of names before, the first expression.</summary>
    private static string Expected(List<(string Key, string Value)> entries, string text, bool hostnames)
    {
        text = hostnames && text.EndsWith('.') ? text[..^1] : text;
        var texts = entries.Where(static entry => !entry.Key.StartsWith('~')).ToArray();
        var below = texts.Where(entry => hostnames && entry.Key[0] is '*' or '.').Select(static entry => (Tail: entry.Key.TrimStart('*'), entry.Value));
        var before = texts.Where(entry => hostnames && entry.Key[^1] == '*').Select(static entry => (Start: entry.Key[..^1], entry.Value));
        return texts.Where(entry => Same(entry.Key, text) || (hostnames && entry.Key[0] == '.' && Same(entry.Key[1..], text))).Select(static entry => entry.Value)
            .Concat(below.Where(entry => text.Length > entry.Tail.Length && text.EndsWith(entry.Tail, StringComparison.OrdinalIgnoreCase)).OrderByDescending(static entry => entry.Tail.Length).Select(static entry => entry.Value))
            .Concat(before.Where(entry => text.Length > entry.Start.Length && text.StartsWith(entry.Start, StringComparison.OrdinalIgnoreCase)).OrderByDescending(static entry => entry.Start.Length).Select(static entry => entry.Value))
            .Concat(entries.Where(entry => text.Length > 0 && entry.Key.StartsWith('~') && IsMatch(entry.Key, text)).Select(static entry => entry.Value))
            .FirstOrDefault("none");

        static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
        static bool IsMatch(string key, string text) =>
            key.StartsWith("~*", StringComparison.Ordinal) ? Regex.IsMatch(text, key[2..], RegexOptions.IgnoreCase | RegexOptions.CultureInvariant) : Regex.IsMatch(text, key[1..]);
    }

    /// <summary>The part of <c>ngx_http_split_clients_module</c> a text falls to; the number of parts for the rest.</summary>
    private static int NginxPart(byte[] text, int[] shares)
    {
        var hash = NginxHash(text);
        var last = 0u;
        for (var i = 0; i < shares.Length; i++)
        {
            last += (uint)((ulong)shares[i] * 0xffffffff / 10_000);
            if (hash < last)
            {
                return i;
            }
        }

        return shares.Length;
    }

    /// <summary><c>ngx_murmur_hash2</c>, line by line.</summary>
    private static uint NginxHash(byte[] data)
    {
        var (h, at, length) = (0u ^ (uint)data.Length, 0, data.Length);
        for (; length >= 4; length -= 4, at += 4)
        {
            var k = data[at] | (uint)data[at + 1] << 8 | (uint)data[at + 2] << 16 | (uint)data[at + 3] << 24;
            k *= 0x5bd1e995;
            k ^= k >> 24;
            k *= 0x5bd1e995;
            h *= 0x5bd1e995;
            h ^= k;
        }

        h ^= length >= 3 ? (uint)data[at + 2] << 16 : 0;
        h ^= length >= 2 ? (uint)data[at + 1] << 8 : 0;
        h = length >= 1 ? (h ^ data[at]) * 0x5bd1e995 : h;
        h ^= h >> 13;
        h *= 0x5bd1e995;
        return h ^ (h >> 15);
    }

    private static int[] Shares(Random random)
    {
        var left = 10_000;
        var shares = new List<int>();
        for (var i = random.Next(1, 6); i > 0 && left > 0; i--)
        {
            var share = random.Next(3) == 0 ? random.Next(1, Math.Min(left, 100) + 1) : random.Next(1, left + 1);
            shares.Add(share);
            left -= share;
        }

        return [.. shares];
    }

    private static string RandomName(Random random) =>
        string.Join('.', Enumerable.Range(0, random.Next(1, 5)).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 3)).Select(_ => "aabcAB"[random.Next(6)]))));

    private static (string Key, int Length, BigInteger First, BigInteger Last) RandomRange(Random random)
    {
        var address = RandomAddress(random);
        var (bytes, number) = (address.GetAddressBytes().Length, Number(address));
        switch (random.Next(4))
        {
            case 0:
                return (address.ToString(), bytes, number, number);
            case 1:
                var other = RandomAddress(random, bytes);
                var (low, high) = Number(other) < number ? (other, address) : (address, other);
                return ($"{low}-{high}", bytes, Number(low), Number(high));
            default:
                var prefix = random.Next(4) == 0 ? random.Next(bytes * 8 + 1) : random.Next(bytes * 8 - 10, bytes * 8 + 1);
                var hosts = (BigInteger.One << (bytes * 8 - prefix)) - 1;
                var first = number - (number & hosts);
                var digits = first.ToByteArray(isUnsigned: true, isBigEndian: true);
                return ($"{new IPAddress([.. new byte[bytes - digits.Length], .. digits])}/{prefix}", bytes, first, first + hosts);
        }
    }

    /// <summary>An address among few, so that networks often hold one another.</summary>
    private static IPAddress RandomAddress(Random random, int bytes = 0)
    {
        var result = new byte[bytes != 0 ? bytes : random.Next(2) == 0 ? 4 : 16];
        (result[0], result[1]) = result.Length == 4 ? ((byte)10, (byte)random.Next(2)) : ((byte)0x20, (byte)0x01);
        result[^2] = (byte)random.Next(3);
        result[^1] = (byte)random.Next(256);
        return new IPAddress(result);
    }

    private static BigInteger Number(IPAddress address) => new(address.GetAddressBytes(), isUnsigned: true, isBigEndian: true);

    private static TextTemplate Compile(string toml)
    {
        var errors = new List<ConfigError>();
        var scope = VariableTables.Compile(ConfigurationText.LoadGood($"{toml}\n[[server]]"), [], new WallClock(TimeProvider.System), errors);
        var template = TextTemplate.Compile(new ConfigText("$v", SourceLocation.None), scope, errors);
        Assert.True(errors.Count == 0, $"{string.Join('\n', errors)}\n{toml}");
        return template;
    }

    private static string Read(TextTemplate template, string text)
    {
        var output = new ByteBuffer();
        template.Write(ExchangeBuilder.Parsed($"GET / HTTP/1.1\r\nHost: example.com\r\nX: {text}\r\n\r\n"), output);
        return Encoding.UTF8.GetString(output.Written);
    }
}
