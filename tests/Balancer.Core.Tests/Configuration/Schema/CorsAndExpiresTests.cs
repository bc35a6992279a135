using static Balancer.TestSupport.ConfigurationText;

namespace Balancer.Configuration.Schema;

/// <summary>The values of <c>cors</c> and <c>expires</c>.</summary>
public sealed class CorsAndExpiresTests
{
    [Theory]
    [InlineData("'30d'", false, "30d")]
    [InlineData("'modified +24h'", true, "+24h")]
    [InlineData("'$arg_e'", false, "$arg_e")]
    [InlineData("'modified $arg_e'", true, "$arg_e")]
    [InlineData("-1", false, "-1")]
    [InlineData("3600", false, "3600")]
    [InlineData("false", false, "off")]
    public void Expires_is_read_and_written(string value, bool isModified, string time)
    {
        var expires = LoadGood($"[[server]]\nexpires = {value}").Servers[0].Settings.Rewriting.Expires!;

        Assert.Equal((isModified, time), (expires.IsModified, expires.Time.Value));
        Assert.Equal(Show(expires), Show(LoadGood($"[[server]]\nexpires = {ExpiresType.Instance.Write(expires)}").Servers[0].Settings.Rewriting.Expires));
    }

    [Theory]
    [InlineData("'soon'", "2:12: expires: found 'soon', expected a time such as")]
    [InlineData("'modified'", "2:12: expires: found 'modified', expected a time such as")]
    [InlineData("'modified max'", "2:21: expires: found 'max', expected a time such as")]
    [InlineData("'1d 2h'", "2:11: expires: found '1d 2h', expected a time such as")]
    [InlineData("'@25h'", "2:12: expires: found '@25h', expected a time such as")]
    [InlineData("true", "2:11: expires: found true, expected a time such as")]
    public void Fault_of_expires_is_told(string value, string fault) => Assert.StartsWith(fault, Faults($"[[server]]\nexpires = {value}"));

    [Theory]
    [InlineData("{ allow_origin = 'https://app.example.com/' }", "an origin has no path: remove '/'")]
    [InlineData("{ allow_origin = 'app.example.com' }", "found 'app.example.com', expected an origin such as")]
    [InlineData("{ allow_origin = 'https://a.*.example.com' }", "expected an origin such as")]
    [InlineData("{ allow_origin = 'https://*.*.example.com' }", "expected an origin such as")]
    [InlineData("{ allow_origin = ['*', 'https://a.example'] }", "'*' allows every origin, expected it alone")]
    [InlineData("{ allow_origin = '*', allow_credentials = true }", "'allow_credentials' cannot stand beside allow_origin = \"*\"")]
    [InlineData("{ allow_origin = 'https://a.example', allow_credentials = true, allow_headers = '*' }", "'allow_headers' = \"*\" cannot stand beside 'allow_credentials'")]
    [InlineData("{ allow_origin = 'https://a.example', allow_methods = ['*', 'PUT'] }", "'*' stands for all in 'allow_methods', expected it alone")]
    [InlineData("{ allow_origin = 'https://a.example', allow_methods = 'put' }", "found 'put', expected a method in capitals")]
    [InlineData("{ allow_origin = 'https://a.example', allow_headers = 'X Y' }", "found 'X Y', expected the name of a header field")]
    [InlineData("{ allow_origin = '~https://.*\\.example\\.org$' }", "expected one that starts with '^' and ends with '$'")]
    [InlineData("{ allow_origin = '~^https://.*\\.example\\.org' }", "expected one that starts with '^' and ends with '$'")]
    [InlineData("{ allow_origin = '~^https://(?<tenant>[a-z]+)\\.example\\.org$' }", "an expression for origins makes no variables, expected groups without names")]
    [InlineData("{ allow_origin = '~^(?P<tenant>https://a\\.example)$' }", "an expression for origins makes no variables, expected groups without names")]
    [InlineData("{ allow_origin = '~^(?x)https://a\\.example # $' }", "expected one that starts with '^' and ends with '$'")]
    [InlineData("{ allow_origin = '~^https://(a$' }", "the regular expression does not compile")]
    [InlineData("{ allow_methods = 'PUT' }", "'allow_origin' is missing")]
    [InlineData("{ allow_origins = '*' }", "unknown key 'allow_origins', did you mean 'allow_origin'?")]
    [InlineData("true", "expected a table [cors] with 'allow_origin', or false")]
    public void Fault_of_cors_is_told(string value, string fault) => Assert.Contains(fault, Faults($"[[server]]\ncors = {value}"), StringComparison.Ordinal);

    [Fact]
    public void Field_of_cors_cannot_be_added_beside_it()
    {
        Assert.Equal(
            "1:45: add_header: 'Access-Control-Allow-Origin' is the business of 'cors' at test.toml:3:8, expected one of the two",
            Faults("add_header = { Access-Control-Allow-Origin='*' }\n[[server]]\ncors = { allow_origin = '*' }\n[[server.location]]\npath = '/'\nreturn = 200"));
    }

    [Fact]
    public void Cors_has_a_header_of_its_own_and_survives_being_written()
    {
        var config = LoadGood("""
            [[server]]
            [server.cors]
            allow_origin = "*"

            [[server.location]]
            path = "/"
            return = 200
            [server.location.cors]
            allow_origin = ["https://app.example.com", "https://*.example.com", '~^https://[a-z]+\.example\.org$', "null"]
            allow_methods = ["GET", "PUT"]
            allow_headers = ["Authorization", "Content-Type"]
            expose_headers = "X-Request-ID"
            allow_credentials = true
            max_age = "2h"

            [[server.location]]
            path = "/off"
            return = 200
            cors = false
            """);
        var (server, location, off) = (config.Servers[0].Settings.Rewriting.Cors!, config.Servers[0].Locations[0].Settings.Rewriting.Cors!, config.Servers[0].Locations[1].Settings.Rewriting.Cors!);

        Assert.Equal((1, 4, true, TimeSpan.FromHours(2), false), (server.AllowOrigin.Count, location.AllowOrigin.Count, location.AllowCredentials, location.MaxAge, off.IsOn));
        foreach (var cors in (CorsConfig[])[server, location, off])
        {
            Assert.Equal(Show(cors), Show(LoadGood($"[[server]]\ncors = {new CorsType().Write(cors)}").Servers[0].Settings.Rewriting.Cors));
        }
    }
}
