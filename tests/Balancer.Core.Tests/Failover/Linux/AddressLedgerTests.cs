namespace Balancer.Failover.Linux;

public sealed class AddressLedgerTests : IDisposable
{
    private static readonly LedgerEntry Address = LedgerEntry.OfAddress("eth0", VrrpSocketTests.Address("10.9.0.100"), 24);
    private static readonly LedgerEntry Macvlan = LedgerEntry.OfMacvlan("vrrp.51", MacAddress.OfVirtualRouter(51, false), "eth0");

    private readonly string _folder = Directory.CreateTempSubdirectory("bal-").FullName;

    private string File => Path.Combine(_folder, "vrrp-addresses");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_step_is_in_the_file_at_once()
    {
        using var ledger = Open();

        Assert.Null(ledger.Begin(Address));
        Assert.Equal("adding address eth0 10.9.0.100/24\n", Text());
        Assert.Null(ledger.Confirm(Address));
        Assert.Equal("adding address eth0 10.9.0.100/24\nadded address eth0 10.9.0.100/24\n", Text());
        Assert.Null(ledger.Begin(Macvlan));
        Assert.Null(ledger.Forget(Address));
        Assert.EndsWith("adding macvlan vrrp.51 00:00:5e:00:01:33 on eth0\nremoved address eth0 10.9.0.100/24\n", Text(), StringComparison.Ordinal);
        Assert.Null(ledger.Forget(Address));

        using var next = Open();
        Assert.Equal([KeyValuePair.Create(Macvlan, false)], next.Entries);
        Assert.Equal("adding macvlan vrrp.51 00:00:5e:00:01:33 on eth0\n", Text());
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("adding address eth0 10.9.0.100/24\n", "adding address eth0 10.9.0.100/24\n")]
    [InlineData("adding address eth0 10.9.0.100/24", "")]
    [InlineData("added address eth0 10.9.0.100/24\nremoved address eth0 10.9.0.100/2", "added address eth0 10.9.0.100/24\n")]
    [InlineData("adding address eth0 10.9.0.1/24\nadded address eth0 10.9.0.1/24\nadding addr", "added address eth0 10.9.0.1/24\n")]
    [InlineData("\n\0\0\0\nadded address eth0 10.9.0.1/24\nnonsense\nadded\nadded \n", "added address eth0 10.9.0.1/24\n")]
    [InlineData("removed address eth0 10.9.0.1/24\n", "")]
    public void What_a_former_run_wrote_is_read_as_far_as_it_is_whole(string before, string after)
    {
        System.IO.File.WriteAllText(File, before);

        using var ledger = Open();

        Assert.Equal(after, Text());
    }

    [Theory]
    [InlineData("address eth0 10.9.0.100/24")]
    [InlineData("address eth0 fd00:9::100/64")]
    [InlineData("route eth0 10.77.0.0/16 via 10.9.0.2 src 10.9.0.1 metric 50 table 254")]
    [InlineData("route - ::/0 via fe80::2 src - metric 0 table 100")]
    [InlineData("macvlan vrrp.51 00:00:5e:00:01:33 on eth0.100")]
    [InlineData("setting eth0 ArpIgnore 1 was 0")]
    public void An_entry_is_read_as_it_was_written(string text)
    {
        Assert.True(LedgerEntry.TryParse(text, out var entry));
        Assert.Equal(text, entry.ToString());
        Assert.True(LedgerEntry.TryParse(text, out var same));
        Assert.Equal(entry, same);
    }

    [Theory]
    [InlineData("")]
    [InlineData("address")]
    [InlineData("address eth0 10.9.0.100")]
    [InlineData("address eth0 10.9.0.100/33")]
    [InlineData("address eth0 10.9.0.100/-1")]
    [InlineData("address eth0 10.9.0/24")]
    [InlineData("address  10.9.0.1/24")]
    [InlineData("address eth0 10.9.0.1/24 ")]
    [InlineData("route eth0 10.77.0.0/16 via 10.9.0.2")]
    [InlineData("route eth0 10.77.0.0/16 via x src - metric 0 table 254")]
    [InlineData("macvlan vrrp.51 00:00:5e:00:01 on eth0")]
    [InlineData("macvlan vrrp.51 00:00:5e:00:01:+3 on eth0")]
    [InlineData("setting eth0 77 1 was 0")]
    [InlineData("setting eth0 ArpIgnore 1 was ")]
    public void What_is_no_entry_is_refused(string text) => Assert.False(LedgerEntry.TryParse(text, out _));

    [Fact]
    public void The_file_does_not_grow_with_the_changes_of_role()
    {
        using var ledger = Open();
        for (var i = 0; i < 5_000; i++)
        {
            Assert.Null(ledger.Begin(Address));
            Assert.Null(ledger.Confirm(Address));
            Assert.Null(ledger.Forget(Address));
        }

        Assert.InRange(new FileInfo(File).Length, 0, 100_000);
        Assert.Null(ledger.Begin(Address));
        using var next = Open();
        Assert.Equal([KeyValuePair.Create(Address, false)], next.Entries);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_an_error_and_is_made_up_for_when_it_can()
    {
        using var ledger = Open();
        Assert.Null(ledger.Begin(Macvlan));
        Directory.Delete(_folder, recursive: true);
        for (var i = 0; ledger.Begin(Address) is null; i++)
        {
            // The file that was deleted still takes lines, until it is replaced.
            Assert.InRange(i, 0, 2_000);
        }

        Assert.NotNull(ledger.Confirm(Address));
        Directory.CreateDirectory(_folder);
        Assert.Null(ledger.Confirm(Macvlan));

        using var next = Open();
        Assert.Equal([KeyValuePair.Create(Macvlan, true), KeyValuePair.Create(Address, true)], next.Entries);
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_an_error()
    {
        Assert.False(AddressLedger.TryOpen(Path.Combine(_folder, "none", "file"), out var ledger, out var error));
        Assert.Null(ledger);
        Assert.Contains("Could not find a part of the path", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_file_it_remembers_as_long_as_it_lives()
    {
        Assert.True(AddressLedger.TryOpen(null, out var ledger, out _));
        using (ledger)
        {
            Assert.Null(ledger.Begin(Address));
            Assert.Null(ledger.Confirm(Address));
            Assert.Equal([KeyValuePair.Create(Address, true)], ledger.Entries);
        }
    }

    private AddressLedger Open() => AddressLedger.TryOpen(File, out var ledger, out var error) ? ledger : throw new InvalidOperationException(error);

    private string Text() => System.IO.File.ReadAllText(File);
}
