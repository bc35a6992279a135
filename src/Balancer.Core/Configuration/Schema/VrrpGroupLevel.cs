namespace Balancer.Configuration.Schema;

/// <summary>The keys of <c>[vrrp_sync_group.NAME]</c>, which are keepalived's.</summary>
internal static class VrrpGroupLevel
{
    public static ConfigLevel<VrrpGroupConfig> Level { get; } = new("[vrrp_sync_group.NAME]",
    [
        Key.Always<VrrpGroupConfig, IReadOnlyList<ConfigText>>(
            "group", new ListType<ConfigText>(TemplateType.NotEmpty), static g => g.Members, static (g, v) => g with { Members = v }, null,
            "Instances that are master together, or not: when one changes, the others follow. They advertise the lowest priority of them, and what one of them tracks weighs for all, each thing once.", "[\"VI_4\", \"VI_6\"]", "keepalived `group`", required: true),
        .. VrrpCommandKeys.Of<VrrpGroupConfig>(static g => g.Commands, static (g, v) => g with { Commands = v }, "`GROUP`, the name, the state in capitals and 0", "every instance of the group"),
    ])
    {
        Refused = new Dictionary<string, string>
        {
            ["track_interface"] = "is a key of [vrrp_instance.NAME]",
            ["track_script"] = "is a key of [vrrp_instance.NAME]",
            ["track_file"] = "is a key of [vrrp_instance.NAME]",
        },
    };
}
