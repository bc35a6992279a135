using Balancer.TestSupport;

namespace Balancer.Access.Passwords;

public sealed class PasswordFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();
    private readonly LogCapture _log = new();

    [Fact]
    public void A_user_comes_in_with_the_right_password_alone()
    {
        File.WriteAllText(_path, "ada:{PLAIN}geheim\nbob:{PLAIN}x\n");
        var file = PasswordFile.Load(_path, _log, out var error)!;

        Assert.Null(error);
        Assert.True(file.Verify("ada"u8, "geheim"u8));
        Assert.False(file.Verify("ada"u8, "x"u8));
        Assert.False(file.Verify("bob"u8, "geheim"u8));
        Assert.False(file.Verify("eve"u8, "geheim"u8));
        Assert.False(file.Verify("ADA"u8, "geheim"u8));
    }

    [Fact]
    public void A_changed_file_is_read_again_and_one_with_a_fault_changes_nothing()
    {
        File.WriteAllText(_path, "ada:{PLAIN}geheim\n");
        var file = PasswordFile.Load(_path, _log, out _)!;

        File.WriteAllText(_path, "ada:{PLAIN}new-password\n");
        Assert.False(file.Verify("ada"u8, "geheim"u8));
        Assert.True(file.Verify("ada"u8, "new-password"u8));
        Assert.Single(_log.Named("user-file-read"));

        File.WriteAllText(_path, "ada:oops\n");
        Assert.True(file.Verify("ada"u8, "new-password"u8));
        Assert.True(file.Verify("ada"u8, "new-password"u8));
        Assert.Contains($"{_path}:1: the password of 'ada' is in no known format", Assert.Single(_log.Named("user-file-refused")));

        File.Delete(_path);
        Assert.True(file.Verify("ada"u8, "new-password"u8));
        Assert.Equal(2, _log.Named("user-file-refused").Count());
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_fault()
    {
        Assert.Null(PasswordFile.Load("/no/such/file", _log, out var error));
        Assert.StartsWith("'/no/such/file' cannot be read: ", error);
    }

    public void Dispose() => File.Delete(_path);
}
