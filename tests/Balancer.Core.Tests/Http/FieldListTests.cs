using System.Text;
using Balancer.TestSupport;

namespace Balancer.Http;

public sealed class FieldListTests
{
    [Fact]
    public void Fields_are_written_in_the_order_they_were_added_and_stay_in_the_list()
    {
        var list = new FieldList();
        list.Add("Vary"u8, "Origin"u8);
        list.Add("Retry-After"u8, "5"u8);
        list.Add("Vary"u8, "Accept"u8);

        (string, string)[] expected = [("Vary", "Origin"), ("Retry-After", "5"), ("Vary", "Accept")];
        Assert.Equal(3, list.Count);
        Assert.Equal(expected, Written(list));
        Assert.Equal(expected, Written(list));
    }

    [Fact]
    public void Empty_list_writes_nothing()
    {
        Assert.Equal(0, new FieldList().Count);
        Assert.Empty(Written(new FieldList()));
    }

    [Fact]
    public void Field_without_value_is_one_too()
    {
        var list = new FieldList();
        list.Add("X-Empty"u8, default);
        list.Add("X-After"u8, "a"u8);

        Assert.Equal([("X-Empty", ""), ("X-After", "a")], Written(list));
    }

    [Theory]
    [InlineData("Vary", true)]
    [InlineData("Retry-After", true)]
    [InlineData("vary", false)]
    [InlineData("Var", false)]
    [InlineData("VaryOrigin", false)]
    [InlineData("Origin", false)]
    [InlineData("", false)]
    public void Field_is_found_by_its_name_as_it_was_written(string name, bool expected)
    {
        var list = new FieldList();
        list.Add("Vary"u8, "Origin"u8);
        list.Add("Retry-After"u8, "5"u8);

        Assert.Equal(expected, list.Contains(Encoding.ASCII.GetBytes(name)));
    }

    [Fact]
    public void What_was_cleared_is_forgotten()
    {
        var list = new FieldList();
        list.Add("Vary"u8, "Origin"u8);
        list.Clear();

        Assert.Equal(0, list.Count);
        Assert.False(list.Contains("Vary"u8));
        Assert.Empty(Written(list));
        list.Add("A"u8, "1"u8);
        Assert.Equal([("A", "1")], Written(list));
    }

    [Fact]
    public void List_grows_with_what_is_added()
    {
        var random = new Random(1);
        var list = new FieldList();
        for (var round = 0; round < 50; round++)
        {
            var fields = Enumerable.Range(0, random.Next(0, 40)).Select(i => (Name: $"X-{i}", Value: new string((char)('a' + i % 26), random.Next(0, 300)))).ToArray();
            list.Clear();
            foreach (var (name, value) in fields)
            {
                list.Add(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value));
            }

            Assert.Equal(fields, Written(list));
            Assert.All(fields, field => Assert.True(list.Contains(Encoding.ASCII.GetBytes(field.Name))));
        }
    }

    [Fact]
    public void Once_grown_it_allocates_nothing()
    {
        var list = new FieldList();

        Assert.Equal(0, Allocated.By(() =>
        {
            list.Clear();
            for (var i = 0; i < 20; i++)
            {
                list.Add("Access-Control-Allow-Origin"u8, "https://app.example.com"u8);
            }
        }));
    }

    private static List<(string Name, string Value)> Written(FieldList list)
    {
        var recorder = new FieldRecorder();
        list.WriteTo(recorder);
        return recorder.Fields;
    }
}
