using Balancer.TestSupport;

namespace Balancer.Configuration;

/// <summary><c>limit_req</c>, <c>limit_conn</c> and their zones, as they are written.</summary>
public sealed class LimitsTests
{
    private const string Zones = "[limit_req_zone.admin]\nkey = '$binary_remote_addr'\nsize = '10m'\nrate = '50r/m'\n[limit_conn_zone.addr]\nkey = '$binary_remote_addr'\nsize = '10m'\n";

    [Theory]
    [InlineData("'zone=admin'", 0, 0, false)]
    [InlineData("'zone=admin burst=20'", 20, 0, false)]
    [InlineData("'zone=admin burst=20 nodelay'", 20, 0, true)]
    [InlineData("'zone=admin nodelay burst=20'", 20, 0, true)]
    [InlineData("'nodelay burst=20 zone=admin'", 20, 0, true)]
    [InlineData("'zone=admin burst=20 delay=8'", 20, 8, false)]
    [InlineData("'zone=ADMIN'", 0, 0, false)]
    [InlineData("['zone=admin burst=5']", 5, 0, false)]
    [InlineData("{ zone = 'admin', burst = 20, delay = 8 }", 20, 8, false)]
    [InlineData("[{ zone = 'admin', nodelay = true }]", 0, 0, true)]
    public void Limits_of_requests_are_read(string value, int burst, int delay, bool noDelay)
    {
        var limit = Assert.Single(Settings($"limit_req = {value}").Requests!);

        Assert.Equal("admin", limit.Zone, ignoreCase: true);
        Assert.Equal((burst, delay, noDelay), (limit.Burst, limit.Delay, limit.NoDelay));
    }

    [Theory]
    [InlineData("'addr 10'", 10)]
    [InlineData("['addr 65535']", 65535)]
    [InlineData("{ zone = 'addr', number = 1 }", 1)]
    public void Limits_of_connections_are_read(string value, int number) =>
        Assert.Equal(("addr", number), Settings($"limit_conn = {value}").Connections!.Select(l => (l.Zone, l.Number)).Single());

    [Theory]
    [InlineData("limit_req = 'off'")]
    [InlineData("limit_req = false")]
    public void Off_ends_what_the_level_above_says(string line)
    {
        var config = ConfigurationText.LoadGood($"limit_req = 'zone=admin'\nlimit_conn = 'addr 1'\n{Zones}[[server]]\n{line}\nlimit_conn = 'off'\nreturn = 204");

        var settings = config.Servers[0].Settings.Over(config.Settings).Limits;
        Assert.Empty(settings.Requests!);
        Assert.Empty(settings.Connections!);
    }

    [Fact]
    public void A_level_with_limits_replaces_those_above_and_inherits_the_other_settings()
    {
        var config = ConfigurationText.LoadGood($"""
            limit_req = 'zone=admin burst=1'
            limit_req_status = 429
            limit_req_headers = 'always'
            limit_conn = 'addr 1'
            limit_conn_dry_run = true
            {Zones}
            [[server]]
            limit_req = 'zone=admin burst=2'
            limit_req_log_level = 'info'
            return = 204
            """);

        var limits = config.Servers[0].Settings.Over(config.Settings).Limits;
        Assert.Equal(2, Assert.Single(limits.Requests!).Burst);
        Assert.Equal((429, LimitFields.Always, ErrorLogLevel.Info, true), (limits.RequestStatus, limits.RequestFields, limits.RequestLogLevel, limits.ConnectionDryRun));
        Assert.Single(limits.Connections!);
    }

    [Theory]
    [InlineData("limit_req_zone = '$binary_remote_addr zone=admin:10m rate=50r/m'")]
    [InlineData("limit_req_zone = ['$binary_remote_addr zone=admin:10m rate=50r/m']")]
    [InlineData("limit_req_zone = ['$binary_remote_addr rate=50r/m zone=admin:10m']")]
    [InlineData("[limit_req_zone.admin]\nkey = '$binary_remote_addr'\nsize = '10m'\nrate = '50r/m'")]
    [InlineData("[limit_req_zone]\nadmin = { key = '$binary_remote_addr', size = 10485760, rate = '50r/60s' }")]
    public void Zones_may_be_tables_or_phrases_of_nginx(string text)
    {
        var zone = Assert.Single(ConfigurationText.LoadGood($"{text}\n[[server]]\nreturn = 204").LimitReqZones);

        Assert.Equal(("admin", "$binary_remote_addr", 10L << 20, new RequestRateConfig(50, TimeSpan.FromMinutes(1))), (zone.Name, zone.Key.Value, zone.Size, zone.Rate));
    }

    [Fact]
    public void Several_zones_may_stand_in_one_list()
    {
        var config = ConfigurationText.LoadGood("""
            limit_req_zone = ["$binary_remote_addr$uri zone=a:1m rate=5r/s", "'$host x' zone=b:64k rate=100r/15m"]
            limit_conn_zone = ["$binary_remote_addr zone=c:1m", "$server_name zone=d:1m"]
            [[server]]
            limit_req = ["zone=a", "zone=b burst=5"]
            limit_conn = ["c 10", "d 1000"]
            return = 204
            """);

        Assert.Equal(["$binary_remote_addr$uri", "$host x"], config.LimitReqZones.Select(z => z.Key.Value));
        Assert.Equal(["c", "d"], config.LimitConnZones.Select(z => z.Name));
    }

    [Theory]
    [InlineData("limit_req = ''", "1:13: limit_req: found '', expected a phrase such as \"zone=admin burst=20 nodelay\"")]
    [InlineData("limit_req = 'admin'", "1:14: limit_req: unknown parameter 'admin', expected zone, burst, delay, nodelay\n1:14: limit_req: 'zone' is missing, expected the name of a zone: letters, digits, '_', '-' and '.'")]
    [InlineData("limit_req = 'zone=admin burst'", "1:25: limit_req burst: found no value, expected burst= and a whole number from 0 to 1000000")]
    [InlineData("limit_req = 'zone=admin burst=-1'", "1:31: limit_req burst: found '-1', expected a whole number from 0 to 1000000")]
    [InlineData("limit_req = 'zone=admin burst=1000001'", "1:31: limit_req burst: found '1000001', expected a whole number from 0 to 1000000")]
    [InlineData("limit_req = 'zone=admin brust=1'", "1:25: limit_req: unknown parameter 'brust', did you mean 'burst'?")]
    [InlineData("limit_req = 'zone=admin nodelay delay=5'", "1:33: limit_req: 'delay' cannot stand beside 'nodelay'")]
    [InlineData("limit_req = 'zone=admin zone=admin'", "1:25: limit_req: 'zone' is given twice")]
    [InlineData("limit_req = 'zone=admn'", "1:14: limit_req: there is no limit_req_zone 'admn', did you mean 'admin'?")]
    [InlineData("limit_req = 'zone=addr'", "1:14: limit_req: there is no limit_req_zone 'addr', only a limit_conn_zone of that name")]
    [InlineData("limit_req = ['zone=admin', 'zone=Admin burst=1']", "1:29: limit_req: the zone 'Admin' is given twice")]
    [InlineData("limit_req = []", "1:13: limit_req: found an empty array, expected a phrase such as \"zone=admin burst=20 nodelay\", or an array of such")]
    [InlineData("limit_req = 5", "1:13: limit_req: found 5, expected \"off\", or a phrase such as \"zone=admin burst=20 nodelay\", or an array of such")]
    [InlineData("limit_conn = 'addr'", "1:15: limit_conn: 'number' is missing, expected a whole number from 1 to 65535")]
    [InlineData("limit_conn = 'zone=addr 10'", "1:15: limit_conn zone: found 'zone=addr', expected the name of a zone: letters, digits, '_', '-' and '.'")]
    [InlineData("limit_conn = 'addr 0'", "1:20: limit_conn number: found '0', expected a whole number from 1 to 65535")]
    [InlineData("limit_conn = 'addr 65536'", "1:20: limit_conn number: found '65536', expected a whole number from 1 to 65535")]
    [InlineData("limit_conn = 'admin 1'", "1:15: limit_conn: there is no limit_conn_zone 'admin', only a limit_req_zone of that name")]
    [InlineData("limit_req_status = 399", "1:20: limit_req_status: found 399, expected a whole number from 400 to 599")]
    [InlineData("limit_conn_status = 600", "1:21: limit_conn_status: found 600, expected a whole number from 400 to 599")]
    [InlineData("limit_req_log_level = 'crit'", "1:24: limit_req_log_level: found 'crit', expected info, notice, warn or error")]
    [InlineData("limit_req_dry_run = 'on'", "1:21: limit_req_dry_run: found 'on', expected true without quotes")]
    [InlineData("limit_req_headers = 'on'", "1:22: limit_req_headers: found 'on', expected refused, always or off")]
    public void Faults_of_settings_are_told(string line, string expected) =>
        Assert.Equal(expected, ConfigurationText.Faults($"{line}\n{Zones}[[server]]\nreturn = 204"));

    [Theory]
    [InlineData("limit_req_zone = '$host'", "1:19: limit_req_zone: 'zone' is missing, expected a name and a size, such as \"admin:10m\"\n1:19: limit_req_zone: 'rate' is missing, expected a rate such as \"5r/s\", \"50r/m\", \"1000r/h\" or \"100r/15m\"")]
    [InlineData("limit_req_zone = '$host zone=a rate=1r/s'", "1:30: limit_req_zone zone: found 'a', expected a name and a size, such as \"admin:10m\"")]
    [InlineData("limit_req_zone = '$host zone=a:1x rate=1r/s'", "1:32: limit_req_zone zone: found '1x', expected a size from 32k to 4g, such as \"8k\", or a number of bytes")]
    [InlineData("limit_req_zone = '$host zone=a:31k rate=1r/s'", "1:32: limit_req_zone zone: found '31k', expected a size from 32k to 4g, such as \"8k\", or a number of bytes")]
    [InlineData("limit_req_zone = '$host zone=a:1m rate=1/s'", "1:40: limit_req_zone rate: found '1/s', expected a rate such as \"5r/s\", \"50r/m\", \"1000r/h\" or \"100r/15m\"")]
    [InlineData("limit_req_zone = ['$host zone=a:1m rate=1r/s', '$uri zone=A:1m rate=1r/s']", "1:48: limit_req_zone: the limit_req_zone 'A' is already defined at test.toml:1:19")]
    [InlineData("limit_req_zone = []", "1:18: limit_req_zone: found an array, expected [limit_req_zone.NAME], or a phrase such as \"$binary_remote_addr zone=admin:10m rate=50r/m\", or an array of such")]
    [InlineData("limit_req_zone = 1", "1:18: limit_req_zone: found 1, expected [limit_req_zone.NAME], or a phrase such as \"$binary_remote_addr zone=admin:10m rate=50r/m\", or an array of such")]
    [InlineData("limit_conn_zone = '$host zone=a:1m rate=1r/s'", "1:36: limit_conn_zone: unknown parameter 'rate', expected key, zone")]
    [InlineData("[limit_req_zone.a]\nkey = '$host'", "1:1: limit_req_zone a: 'size' is missing in [limit_req_zone.NAME], expected a size from 32k to 4g, such as \"8k\", or a number of bytes\n1:1: limit_req_zone a: 'rate' is missing in [limit_req_zone.NAME], expected a rate such as \"5r/s\", \"50r/m\", \"1000r/h\" or \"100r/15m\"")]
    [InlineData("[limit_conn_zone.a]\nkey = ''\nsize = '1m'", "2:8: limit_conn_zone a key: found '', expected a text that is not empty and may hold variables")]
    [InlineData("[limit_conn_zone.'a b']\nkey = '$host'\nsize = '1m'", "1:18: found the name 'a b', expected letters, digits, '_', '-' and '.'")]
    public void Faults_of_zones_are_told(string text, string expected) => Assert.Equal(expected, ConfigurationText.Faults($"{text}\n[[server]]\nreturn = 204"));

    [Fact]
    public void More_than_sixteen_zones_are_too_many()
    {
        var names = Enumerable.Range(0, 17).Select(i => $"z{i}").ToArray();
        var text = $"limit_req = [{string.Join(", ", names.Select(n => $"'zone={n}'"))}]\nlimit_req_zone = [{string.Join(", ", names.Select(n => $"'$host zone={n}:32k rate=1r/s'"))}]\n[[server]]\nreturn = 204";

        Assert.Equal("1:197: limit_req: more than 16 zones, expected fewer", ConfigurationText.Faults(text));
    }

    private static LimitsConfig Settings(string line) => ConfigurationText.LoadGood($"{line}\n{Zones}[[server]]\nreturn = 204").Settings.Limits;
}
