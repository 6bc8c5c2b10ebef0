//! The doctor's look at the program itself, the folder that sessions are kept in, and what nobody has tried.

use super::{Item, Section};
use crate::cli::Common;
use crate::config::load::Env;
use crate::launch::input::size;
use crate::launch::sessions_root;
use crate::store;
use rustix::fs::{Access, access, statvfs};
use std::path::Path;

/// With less than this free, sessions will soon not be kept, in bytes.
const LITTLE: u64 = 100_000_000;

/// What this is and where it runs.
pub(super) fn program() -> Section {
    let build = if cfg!(debug_assertions) { "debug build" } else { "release build" };
    let version = format!("{}, {build} for {}", env!("CARGO_PKG_VERSION"), std::env::consts::ARCH);
    let uname = rustix::system::uname();
    let part = |text: &std::ffi::CStr| text.to_string_lossy().into_owned();
    let kernel = format!("{} {} {}", part(uname.sysname()), part(uname.release()), part(uname.machine()));
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let name = name.map(|name| format!(", {}", name.trim_matches('"'))).unwrap_or_default();
    let items = vec![Item::new("version", version), Item::new("system", kernel + &name)];
    Section { name: "synod", items }
}

/// Where sessions are kept.
pub(super) fn folder(common: &Common, env: &Env) -> Section {
    let items = match sessions_root(common, env) {
        Err(error) => vec![Item::new("folder", error.to_string()).broken("set HOME, or use --data-dir DIR")],
        Ok(root) if common.no_save => {
            vec![Item::new("folder", format!("{}; --no-save keeps nothing", root.display()))]
        }
        Ok(root) => vec![writable(&root), free(&root), sessions(&root)],
    };
    Section { name: "data", items }
}

/// The folder itself, or what is nearest above it where it is not there yet.
fn nearest(root: &Path) -> Option<&Path> {
    root.ancestors()
        .map(|path| if path.as_os_str().is_empty() { Path::new(".") } else { path })
        .find(|path| path.exists())
}

fn writable(root: &Path) -> Item {
    let shown = root.display();
    let item = |what: &str| Item::new("folder", format!("{shown}, {what}"));
    let elsewhere = "mend its owner and mode, or keep sessions elsewhere with --data-dir DIR";
    match nearest(root) {
        Some(path) if !path.is_dir() => {
            item(&format!("but {} is no folder", path.display())).broken(elsewhere)
        }
        Some(path) if access(path, Access::WRITE_OK | Access::EXEC_OK).is_err() => {
            item("not writable").broken(elsewhere)
        }
        Some(path) if path == root => item("writable"),
        _ => item("is made when something is kept"),
    }
}

fn free(root: &Path) -> Item {
    let Some(stat) = nearest(root).and_then(|path| statvfs(path).ok()) else {
        return Item::new("free", "unknown");
    };
    let bytes = stat.f_bavail.saturating_mul(stat.f_frsize);
    let item = Item::new("free", size(bytes));
    match bytes {
        0 => item.broken("make room: nothing can be kept"),
        bytes if bytes < LITTLE => item.look("make room: sessions will soon not be kept"),
        _ => item,
    }
}

fn sessions(root: &Path) -> Item {
    let list = store::list(root);
    let damaged = list.iter().filter(|session| session.damaged.is_some()).count();
    let item = Item::new("sessions", list.len().to_string());
    if damaged == 0 {
        return item;
    }
    Item::new("sessions", format!("{}, {damaged} of them damaged", list.len()))
        .look("synod sessions tells which; what is whole in them is kept")
}

/// What nobody has tried.
pub(super) fn untested(online: bool) -> Section {
    let mac = Item::new("macOS", "synod is tested on Linux alone and was never run there");
    let mac = if cfg!(target_os = "macos") { mac.look("tell what does not work here") } else { mac };
    let remote = "providers outside this machine are not contacted; synod doctor --online asks them";
    let remote = (!online).then(|| Item::new("network", remote));
    Section { name: "not tested", items: std::iter::once(mac).chain(remote).collect() }
}
