using System.Net;
using static Balancer.Upstreams.Resolution.DnsReplyBuilder;

namespace Balancer.Upstreams.Resolution;

public class DnsMessageTests
{
    private const ushort Id = 0x1234;

    private static readonly byte[] s_name = Encode("app.example.com");

    [Fact]
    public void Question_is_as_RFC_1035_has_it()
    {
        var buffer = new byte[DnsMessage.MaxQueryLength];
        var length = DnsMessage.WriteQuery(buffer, Id, Encode("a.bc"), DnsType.Aaaa);
        Assert.Equal(
            [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, (byte)'a', 2, (byte)'b', (byte)'c', 0, 0, 28, 0, 1],
            buffer[..length]);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("a.example.", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("a..b", false)]
    [InlineData("ümlaut.example", false)]
    [InlineData("x23456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("x234567890123456789012345678901234567890123456789012345678901234", false)]
    public void Names_that_cannot_be_asked_for_are_refused(string name, bool expected) => Assert.Equal(expected, DnsName.TryEncode(name, out _));

    [Fact]
    public void Name_may_have_253_characters()
    {
        var name = string.Join('.', Enumerable.Repeat("abcdefghijklmnopq", 14)) + ".a";
        Assert.Equal(253, name.Length);
        Assert.True(DnsName.TryEncode(name, out _));
        Assert.False(DnsName.TryEncode(name + "b", out _));
    }

    [Fact]
    public void Addresses_of_the_name_are_taken()
    {
        var reply = Read(New().Address("app.example.com", "192.0.2.1").Address("APP.Example.COM", "192.0.2.2").Address("other.example.com", "192.0.2.3"));
        Assert.Equal(["192.0.2.1", "192.0.2.2"], reply!.Addresses.Select(address => address.ToString()));
        Assert.Null(reply.Alias);
    }

    [Fact]
    public void Aliases_are_followed()
    {
        var reply = Read(New().Alias("app.example.com", "a.example.net").Alias("a.example.net", "b.example.net").Address("b.example.net", "192.0.2.1"));
        Assert.Equal(IPAddress.Parse("192.0.2.1"), Assert.Single(reply!.Addresses));
        Assert.Null(reply.Alias);
    }

    [Fact]
    public void Alias_without_an_address_is_the_next_name_to_ask_for()
    {
        var reply = Read(New().Alias("app.example.com", "a.example.net"));
        Assert.Equal(Encode("a.example.net"), reply!.Alias);
    }

    [Fact]
    public void Compressed_names_are_read()
    {
        var reply = Read(New().Record([0xC0, 12], DnsType.CName, [1, (byte)'x', 0xC0, 16]).Record([1, (byte)'x', 0xC0, 16], DnsType.A, [192, 0, 2, 9]));
        Assert.Equal("192.0.2.9", Assert.Single(reply!.Addresses).ToString());
    }

    [Theory]
    [InlineData(0x8183, 3)]
    [InlineData(0x8182, 2)]
    [InlineData(0x8185, 5)]
    public void Code_of_a_refusal_is_told(int flags, int code) => Assert.Equal(code, Read(New((ushort)flags))!.Code);

    [Fact]
    public void Truncated_reply_is_told() => Assert.True(Read(New(0x8380))!.IsTruncated);

    public static TheoryData<string, byte[]> NoReplies => new()
    {
        { "empty", [] },
        { "header alone", New().Build()[..12] },
        { "another number", new DnsReplyBuilder(0x4321, "app.example.com", DnsType.A).Build() },
        { "a question", New(0x0100).Build() },
        { "another kind of request", New(0x8980).Build() },
        { "another name", new DnsReplyBuilder(Id, "app.example.org", DnsType.A).Build() },
        { "another type", new DnsReplyBuilder(Id, "app.example.com", DnsType.Aaaa).Build() },
        { "address of 5 bytes", New().Record(s_name, DnsType.A, [1, 2, 3, 4, 5]).Build() },
        { "address of 3 bytes", New().Record(s_name, DnsType.A, [1, 2, 3]).Build() },
        { "record cut off", New().Record(s_name, DnsType.A, [1, 2], length: 4).Build() },
        { "fewer records than said", New().Address("app.example.com", "192.0.2.1").Build()[..^16] },
        { "name that points to itself", New().Record([0xC0, 33], DnsType.A, [1, 2, 3, 4]).Build() },
        { "name that points forward", New().Record([0xC0, 40], DnsType.A, [1, 2, 3, 4]).Build() },
        { "names that point to each other", New().Record([0xC0, 35, 0xC0, 33], DnsType.A, [1, 2, 3, 4]).Build() },
        { "label of a kind there is not", New().Record([0x80, 1, 0], DnsType.A, [1, 2, 3, 4]).Build() },
        { "alias shorter than its record", New().Record(s_name, DnsType.CName, [1, (byte)'x', 0, 0]).Build() },
        { "alias longer than its record", New().Record(s_name, DnsType.CName, [1, (byte)'x', 0], length: 2).Bytes(0).Build() },
        { "name of more than 255 bytes", New().Record([.. Enumerable.Repeat<byte[]>([63, .. new byte[63]], 4).SelectMany(label => label), 0], DnsType.A, [1, 2, 3, 4]).Build() },
    };

    [Theory]
    [MemberData(nameof(NoReplies))]
    public void What_does_not_fit_the_question_is_no_reply(string what, byte[] message)
    {
        Assert.NotEmpty(what);
        Assert.Null(DnsMessage.Read(message, Id, s_name, DnsType.A));
    }

    [Fact]
    public void Mutated_replies_are_read_or_refused_and_never_more()
    {
        var random = new Random(42);
        var original = New().Alias("app.example.com", "a.example.net").Record([0xC0, 12], DnsType.A, [1, 2, 3, 4]).Address("a.example.net", "192.0.2.1").Build();
        for (var round = 0; round < 50_000; round++)
        {
            var message = original[..random.Next(original.Length + 1)];
            for (var change = random.Next(4); change > 0 && message.Length > 0; change--)
            {
                message[random.Next(message.Length)] = (byte)random.Next(256);
            }

            var reply = DnsMessage.Read(message, Id, s_name, DnsType.A);
            Assert.True(reply is null || reply.Addresses.Count <= 3);
        }
    }

    private static DnsReplyBuilder New(ushort flags = 0x8180) => new(Id, "app.example.com", DnsType.A, flags);

    private static DnsReply? Read(DnsReplyBuilder builder) => DnsMessage.Read(builder.Build(), Id, s_name, DnsType.A);
}
