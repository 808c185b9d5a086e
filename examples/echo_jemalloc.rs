//! `echo` with jemalloc as its allocator: for very many connections that say little.
//!
//! tokio aligns each task and each socket's state to 128 bytes. glibc's malloc leaves a gap before each of them,
//! together 25 to 30 % of what an idle connection takes; jemalloc has places of such sizes, and leaves none.

#[path = "echo.rs"]
mod echo;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    echo::main()
}
