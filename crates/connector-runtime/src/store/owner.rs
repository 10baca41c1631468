//! Owners of locks, recognisable as dead.
//!
//! A lock ends by itself, but only after its time. Where its owner says which process of which boot of
//! which machine it is, another process of that machine need not wait: it can see that nobody is there.

use std::sync::OnceLock;

use connector_sdk::{Error, Result};

/// What begins an owner that says where it lives.
const FORMAT: &str = "process-1";

/// Makes the owner of one lock: it names this process, and is never the same twice.
///
/// # Errors
/// `bug` when the system gives no random bytes.
pub(crate) fn owner() -> Result<String> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| Error::bug(error.to_string()))?;
    let random = u128::from_ne_bytes(random);
    Ok(match process() {
        Some(Process { machine, boot, space, id, start }) => format!("{FORMAT}/{machine}/{boot}/{space}/{id}/{start}/{random:032x}"),
        None => format!("{}-{random:032x}", std::process::id()),
    })
}

/// Tells whether the process that an owner names is certainly gone. `false` wherever that cannot be known:
/// for another machine or container, and for an owner that somebody else has named.
pub(crate) fn is_dead(owner: &str) -> bool {
    let (Some(here), Some(there)) = (process(), Process::parse(owner)) else { return false };
    if there.machine != here.machine {
        return false;
    }
    // The machine was started anew since.
    if there.boot != here.boot {
        return true;
    }
    there.space == here.space && there.id.parse().is_ok_and(|id| system::is_gone(id, &there.start))
}

/// Which process it is. Where the system does not tell a part, it is `-` for everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Process {
    machine: String,
    boot: String,
    /// Where its id counts: containers count for themselves.
    space: String,
    id: String,
    /// When it began: ids are given out again.
    start: String,
}

impl Process {
    fn parse(owner: &str) -> Option<Process> {
        let mut parts = owner.split('/').map(str::to_owned);
        parts.next().filter(|format| format == FORMAT)?;
        let process =
            Process { machine: parts.next()?, boot: parts.next()?, space: parts.next()?, id: parts.next()?, start: parts.next()? };
        (parts.next().is_some() && parts.next().is_none()).then_some(process)
    }
}

/// This process; `None` where the system does not say enough to tell it from others.
fn process() -> Option<&'static Process> {
    static PROCESS: OnceLock<Option<Process>> = OnceLock::new();
    PROCESS.get_or_init(system::process).as_ref()
}

// Nothing that separates the parts, and no more than fits a name of the store.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
fn word(text: &str) -> String {
    text.trim().chars().map(|c| if c == '/' || c.is_control() { '_' } else { c }).take(64).collect()
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod system {
    use std::fs;

    use super::{Process, word};

    pub(super) fn process() -> Option<Process> {
        let id = std::process::id();
        // Cloned machines may share either; a file that both could reach cannot be a store.
        let host = fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
        let machine = fs::read_to_string("/etc/machine-id").unwrap_or_default();
        Some(Process {
            machine: format!("{}+{}", word(&host), word(&machine)),
            boot: word(&fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?),
            space: word(fs::read_link("/proc/self/ns/pid").ok()?.to_str()?),
            id: id.to_string(),
            start: about(id)?.0,
        })
    }

    pub(super) fn is_gone(id: u32, start: &str) -> bool {
        match about(id) {
            Some((now, state)) => now != start || matches!(state.as_str(), "Z" | "X"),
            // Where `/proc` hides the processes of others, only the kernel knows.
            None => super::answers_no_signal(id),
        }
    }

    /// When a process began, in ticks since the boot, and its state: fields 22 and 3 of `proc_pid_stat(5)`.
    fn about(id: u32) -> Option<(String, String)> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The second field is the program's name, which may hold anything.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        let state = fields.next()?.to_owned();
        Some((fields.nth(18)?.to_owned(), state))
    }
}

#[cfg(target_os = "macos")]
mod system {
    use super::{Process, word};

    // Neither boots nor starts are told apart: an id that was given out again counts as alive.
    pub(super) fn process() -> Option<Process> {
        let host = rustix::system::uname().nodename().to_str().ok().map(word)?;
        let (unknown, id) = (|| "-".to_owned(), std::process::id().to_string());
        Some(Process { machine: host, boot: unknown(), space: unknown(), id, start: unknown() })
    }

    pub(super) fn is_gone(id: u32, _start: &str) -> bool {
        super::answers_no_signal(id)
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos")))]
mod system {
    use super::Process;

    pub(super) fn process() -> Option<Process> {
        None
    }

    pub(super) fn is_gone(_id: u32, _start: &str) -> bool {
        false
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
fn answers_no_signal(id: u32) -> bool {
    let id = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw);
    id.is_some_and(|id| rustix::process::test_kill_process(id) == Err(rustix::io::Errno::SRCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_never_the_same_twice_and_fits_the_store() {
        let (one, two) = (owner().unwrap(), owner().unwrap());
        assert_ne!(one, two);
        crate::store::check_name("owner", &one).unwrap();
    }

    #[test]
    fn who_cannot_be_known_is_not_dead() {
        let me = owner().unwrap();
        assert!(!is_dead(&me), "{me}");
        for owner in ["", "1-abc", "racer 1", "process-1", "process-1/a/b/c", "process-2/a/b/c/1/2/3", &format!("{me}/more")] {
            assert!(!is_dead(owner), "{owner}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_that_has_ended_is_dead() {
        let me = process().expect("Linux says it");
        let print = |process: &Process| {
            format!("{FORMAT}/{}/{}/{}/{}/{}/0", process.machine, process.boot, process.space, process.id, process.start)
        };
        assert!(!is_dead(&print(me)));
        assert!(is_dead(&print(&Process { start: "1".to_owned(), ..me.clone() })), "its id was given out again");
        assert!(is_dead(&print(&Process { boot: "another".to_owned(), ..me.clone() })), "the machine was started anew");
        for elsewhere in [Process { machine: "another".to_owned(), ..me.clone() }, Process { space: "another".to_owned(), ..me.clone() }] {
            for there in [elsewhere.clone(), Process { start: "1".to_owned(), ..elsewhere }] {
                assert!(!is_dead(&print(&there)), "{there:?}");
            }
        }

        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
        let start = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap().to_owned();
        let there = print(&Process { id: child.id().to_string(), start, ..me.clone() });
        assert!(!is_dead(&there), "it lives");
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(is_dead(&there), "it was killed");
    }
}
