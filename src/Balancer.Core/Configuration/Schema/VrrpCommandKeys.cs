namespace Balancer.Configuration.Schema;

/// <summary><c>notify</c> and the like, which instances and groups have alike.</summary>
internal static class VrrpCommandKeys
{
    /// <summary>The type of commands.</summary>
    public static TextType Type { get; } = new("text", "a command: the absolute path of a program and its arguments, with blanks between", static text => text.StartsWith('/') && !text.Any(char.IsControl));

    /// <summary>The keys.</summary>
    /// <param name="get">The commands of a table.</param>
    /// <param name="with">The table with other commands.</param>
    /// <param name="arguments">The four arguments <c>notify</c> adds.</param>
    /// <param name="subject">Of what the state is, as in "it becomes master".</param>
    public static IEnumerable<LevelKey<T>> Of<T>(Func<T, VrrpCommands> get, Func<T, VrrpCommands, T> with, string arguments, string subject) =>
    [
        One("notify", get, with, static c => c.Notify, static (c, v) => c with { Notify = v }, $"A command that is run at every change of state, with four arguments added: {arguments}. It is not waited for, except at a stop, which gives all commands of notify that still run five seconds to end."),
        One("notify_master", get, with, static c => c.NotifyMaster, static (c, v) => c with { NotifyMaster = v }, $"A command that is run when {subject} becomes master."),
        One("notify_backup", get, with, static c => c.NotifyBackup, static (c, v) => c with { NotifyBackup = v }, $"A command that is run when {subject} becomes backup."),
        One("notify_fault", get, with, static c => c.NotifyFault, static (c, v) => c with { NotifyFault = v }, $"A command that is run when {subject} comes into fault."),
        One("notify_stop", get, with, static c => c.NotifyStop, static (c, v) => c with { NotifyStop = v }, $"A command that is run when {subject} ends."),
    ];

    private static LevelKey<T> One<T>(
        string name, Func<T, VrrpCommands> get, Func<T, VrrpCommands, T> with, Func<VrrpCommands, string?> command, Func<VrrpCommands, string, VrrpCommands> withCommand, string summary) =>
        Key.OptionalRef<T, string>(
            name, Type, table => command(get(table)), (table, value) => with(table, withCommand(get(table), value)), null, summary, "\"/usr/local/bin/vip-changed\"", $"keepalived `{name}`");
}
