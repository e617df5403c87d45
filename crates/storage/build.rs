//! Migrations are embedded at compile time, and cargo cannot see that by itself.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
