namespace Balancer.Failover.Linux;

/// <summary>Why a system call failed: the error numbers of Linux that are told apart here; every other number occurs as well.</summary>
internal enum Errno
{
    /// <summary>It did not fail.</summary>
    None = 0,

    /// <summary>EPERM: a capability is missing.</summary>
    NotPermitted = 1,

    /// <summary>ENOENT.</summary>
    NoSuchEntry = 2,

    /// <summary>ESRCH: there is no such route.</summary>
    NoSuchProcess = 3,

    /// <summary>EINTR.</summary>
    Interrupted = 4,

    /// <summary>EIO: here, an answer that makes no sense.</summary>
    InputOutput = 5,

    /// <summary>EAGAIN: nothing is there to be read, or a buffer is full.</summary>
    TryAgain = 11,

    /// <summary>EACCES.</summary>
    AccessDenied = 13,

    /// <summary>EEXIST: it was there already.</summary>
    Exists = 17,

    /// <summary>ENODEV: there is no such interface.</summary>
    NoSuchDevice = 19,

    /// <summary>EINVAL.</summary>
    InvalidArgument = 22,

    /// <summary>EMSGSIZE.</summary>
    MessageTooLong = 90,

    /// <summary>EAFNOSUPPORT: the interface, or the system, has no IPv6.</summary>
    FamilyNotSupported = 97,

    /// <summary>EADDRNOTAVAIL: there is no such address on the interface.</summary>
    AddressNotAvailable = 99,

    /// <summary>ENETDOWN: the interface is down.</summary>
    NetworkDown = 100,

    /// <summary>ENETUNREACH.</summary>
    NetworkUnreachable = 101,

    /// <summary>ENOBUFS: a queue is full; of a netlink socket, that messages were lost.</summary>
    NoBuffers = 105,
}
