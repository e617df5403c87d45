//! The Lua scripts, each with the shared functions in front.
//!
//! Every script takes the key prefix and the clock as its first three arguments; see `lua/common.lua`.

use std::sync::LazyLock;

use redis::Script;

macro_rules! scripts {
    ($($name:ident = $file:literal;)*) => {
        $(pub(crate) static $name: LazyLock<Script> =
            LazyLock::new(|| Script::new(concat!(include_str!("lua/common.lua"), include_str!($file))));)*
    };
}

scripts! {
    ANNOUNCE = "lua/announce.lua";
    CLAIM = "lua/claim.lua";
    CLEAN = "lua/clean.lua";
    CONTROL = "lua/control.lua";
    EMPTY = "lua/empty.lua";
    ENQUEUE = "lua/enqueue.lua";
    HEARTBEAT = "lua/heartbeat.lua";
    LOCK = "lua/lock.lua";
    SCHEDULE = "lua/schedule.lua";
    SETTLE = "lua/settle.lua";
    START = "lua/start.lua";
}
