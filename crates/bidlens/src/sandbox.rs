//! Limits a process puts on itself before it touches bytes from outside.
//!
//! Resource limits hold on every Unix. On Linux a system call filter comes on top: a parser may read its standard
//! input, compute and answer, and nothing else; a converter may work on files but reaches no network. Both ends with
//! the process that started them. A machine that knows no such filter still has the limits; `bidlens doctor` says so.

use std::collections::BTreeMap;

use anyhow::Context;
use rustix::process::{Resource, Rlimit, setrlimit};

/// Steps by which readers stand back; workers stand back further already.
const NICE: i32 = 9;

/// What a process may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) memory_mb: u64,
    pub(crate) cpu_s: u64,
    /// Of one file that is written; 0 for none at all.
    pub(crate) file_mb: u64,
    /// Processes and threads beside those that run already; `None` leaves them alone.
    pub(crate) processes: Option<u64>,
}

/// What a process may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rights {
    /// Read standard input, compute, answer: no files, no programs, no network.
    Compute,
    /// Files and programs, but no network.
    Files,
}

/// Lowers this process's limits, for good.
pub(crate) fn limit(bounds: Bounds) -> anyhow::Result<()> {
    let hard = |n: u64| Rlimit { current: Some(n), maximum: Some(n) };
    setrlimit(Resource::As, hard(bounds.memory_mb.saturating_mul(1 << 20))).context("limit memory")?;
    // The signal that tells what was met comes first, the one that cannot be caught a little later.
    let cpu = Rlimit { current: Some(bounds.cpu_s), maximum: Some(bounds.cpu_s.saturating_add(2)) };
    setrlimit(Resource::Cpu, cpu).context("limit CPU time")?;
    setrlimit(Resource::Core, hard(0)).context("forbid core dumps")?;
    setrlimit(Resource::Fsize, hard(bounds.file_mb.saturating_mul(1 << 20))).context("limit file size")?;
    if let Some(processes) = bounds.processes {
        setrlimit(Resource::Nproc, hard(running().saturating_add(processes))).context("limit processes")?;
    }
    // On one machine the process that started this one also answers people.
    let _ = rustix::process::nice(NICE);
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))
        .context("end with the parent")?;
    Ok(())
}

/// Threads of this user: the limit on processes counts all of them.
fn running() -> u64 {
    use std::os::unix::fs::MetadataExt;

    let own = rustix::process::getuid().as_raw();
    let Ok(processes) = std::fs::read_dir("/proc") else { return 4_096 };
    let of_mine = processes.flatten().filter(|entry| {
        let is_process = entry.file_name().to_str().is_some_and(|name| name.bytes().all(|b| b.is_ascii_digit()));
        is_process && entry.metadata().is_ok_and(|m| m.uid() == own)
    });
    of_mine.map(|entry| std::fs::read_dir(entry.path().join("task")).map_or(1, |tasks| tasks.count() as u64)).sum()
}

/// Gives up what this process does not need, for good; says why where the machine has no filter.
#[cfg(target_os = "linux")]
pub(crate) fn give_up(rights: Rights) -> Result<(), String> {
    use seccompiler::SeccompAction;

    let denied = SeccompAction::Errno(libc::EPERM as u32);
    let programs = match rights {
        // What the newer call asks for stands in memory, where no filter sees it: threads are made with the older.
        Rights::Compute => vec![
            filter(&[(libc::SYS_clone3, Vec::new())], SeccompAction::Errno(libc::ENOSYS as u32))?,
            filter(&compute_only()?, denied)?,
        ],
        Rights::Files => vec![filter(&no_network()?, denied)?],
    };
    for program in &programs {
        seccompiler::apply_filter(program).map_err(|e| format!("the kernel takes no system call filter: {e}"))?;
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn give_up(_rights: Rights) -> Result<(), String> {
    Err("this system has no system call filter".to_owned())
}

/// A system call, with the conditions of which one must hold; without any it always counts.
#[cfg(target_os = "linux")]
type Call = (i64, Vec<seccompiler::SeccompRule>);

#[cfg(target_os = "linux")]
fn filter(calls: &[Call], action: seccompiler::SeccompAction) -> Result<seccompiler::BpfProgram, String> {
    let arch = std::env::consts::ARCH.try_into().map_err(|e| format!("no system call filter: {e:?}"))?;
    let rules: BTreeMap<i64, Vec<seccompiler::SeccompRule>> = calls.iter().cloned().collect();
    let filter = seccompiler::SeccompFilter::new(rules, seccompiler::SeccompAction::Allow, action, arch);
    filter.and_then(TryInto::try_into).map_err(|e| format!("no system call filter: {e}"))
}

#[cfg(target_os = "linux")]
fn when(
    argument: u8,
    operator: seccompiler::SeccompCmpOp,
    value: u64,
) -> Result<Vec<seccompiler::SeccompRule>, String> {
    use seccompiler::{SeccompCmpArgLen, SeccompCondition, SeccompRule};

    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value);
    let rule = condition.and_then(|c| SeccompRule::new(vec![c])).map_err(|e| format!("no system call filter: {e}"))?;
    Ok(vec![rule])
}

/// What neither a parser nor a converter has any business with.
#[cfg(target_os = "linux")]
const NEVER: &[i64] = &[
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_unshare,
    libc::SYS_setns,
];

#[cfg(target_os = "linux")]
fn compute_only() -> Result<Vec<Call>, String> {
    use seccompiler::SeccompCmpOp;

    let mut calls: Vec<Call> = NEVER.iter().map(|call| (*call, Vec::new())).collect();
    let more = [
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_openat,
        libc::SYS_openat2,
        libc::SYS_open_by_handle_at,
        libc::SYS_memfd_create,
        libc::SYS_unlinkat,
        libc::SYS_renameat2,
        libc::SYS_mkdirat,
        libc::SYS_linkat,
        libc::SYS_symlinkat,
        libc::SYS_fchmodat,
        libc::SYS_fchownat,
        libc::SYS_kill,
        libc::SYS_tkill,
        libc::SYS_pidfd_open,
        libc::SYS_pidfd_send_signal,
    ];
    calls.extend(more.map(|call| (call, Vec::new())));
    #[cfg(target_arch = "x86_64")]
    calls.extend(
        [
            libc::SYS_open,
            libc::SYS_creat,
            libc::SYS_fork,
            libc::SYS_vfork,
            libc::SYS_unlink,
            libc::SYS_rename,
            libc::SYS_renameat,
            libc::SYS_mkdir,
            libc::SYS_link,
            libc::SYS_symlink,
            libc::SYS_chmod,
            libc::SYS_chown,
        ]
        .map(|call| (call, Vec::new())),
    );
    // Threads are its own, processes are not.
    let thread = libc::CLONE_THREAD as u64;
    calls.push((libc::SYS_clone, when(0, SeccompCmpOp::MaskedEq(thread), 0)?));
    // Its own end (abort) is a signal to itself.
    let own = u64::from(std::process::id());
    calls.push((libc::SYS_tgkill, when(0, SeccompCmpOp::Ne, own)?));
    Ok(calls)
}

#[cfg(target_os = "linux")]
fn no_network() -> Result<Vec<Call>, String> {
    use seccompiler::SeccompCmpOp;

    let mut calls: Vec<Call> = NEVER.iter().map(|call| (*call, Vec::new())).collect();
    // Sockets within the machine are how a converter's own processes talk.
    calls.push((libc::SYS_socket, when(0, SeccompCmpOp::Ne, libc::AF_UNIX as u64)?));
    Ok(calls)
}

/// For `doctor`: whether the filter works here. Asked in a process of its own, as it cannot be taken back.
pub(crate) fn probe() -> Result<(), String> {
    give_up(Rights::Compute)?;
    match std::fs::File::open("/proc/self/status") {
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Ok(()),
        _ => Err("the kernel took the system call filter but does not heed it".to_owned()),
    }
}
