//! The servers that are attacked: built once, started anew for each row.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use super::peer::Peer;
use crate::failure::Failure;
use crate::load::generator::{Command, Cores, Server, descriptors};
use crate::workspace::Workspace;

/// A program of ours listens on a free port, with one thread.
const LISTEN: &[&str] = &["--addr", "127.0.0.1:0", "--workers", "1"];

/// So many descriptors may a row want for its own sockets.
const MOST_SOCKETS: usize = 18_500;

/// A script that starts `$0` and has it write its log to `$1`.
const LOGGING: &str = "export RUST_LOG=debug; log=$1; shift; exec \"$0\" \"$@\" 2>\"$log\"";

/// Before a row begins, so many peers have come and gone: what the first ones need of the allocator, and the pages of
/// the program that they touch, belong to no attack.
const FORERUNNERS: usize = 8;

/// Where the servers come from.
#[derive(Debug)]
pub(super) struct Ground {
    workspace: Workspace,
    cores: Option<Cores>,
    echo: PathBuf,
    pending: OnceCell<PathBuf>,
}

impl Ground {
    /// Builds `echo`.
    pub(super) fn new() -> Result<Self, Failure> {
        descriptors::ensure(MOST_SOCKETS)?;
        let workspace = Workspace::load()?;
        Ok(Self {
            cores: Cores::first_two()?,
            echo: workspace.example("echo")?,
            pending: OnceCell::new(),
            workspace,
        })
    }

    /// A new `echo` with further flags, which some peers have used already.
    pub(super) fn echo(&self, flags: &[&str]) -> Result<Server, Failure> {
        self.start(&self.echo, &[LISTEN, flags].concat())
    }

    /// An `echo` with jemalloc, which leaves no gaps between what tokio aligns.
    pub(super) fn packed_echo(&self) -> Result<Server, Failure> {
        let program = self.workspace.example_with("jemalloc", "echo_jemalloc")?;
        self.start(&program, LISTEN)
    }

    /// An `echo` that writes to a file what happens to its connections.
    pub(super) fn logging_echo(&self, log: &Path) -> Result<Server, Failure> {
        self.shell(LOGGING, &[&log.to_string_lossy()])
    }

    /// An `echo` that may have so many descriptors.
    pub(super) fn echo_of_few(&self, descriptors: usize) -> Result<Server, Failure> {
        let script = "ulimit -n \"$1\"; shift; exec \"$0\" \"$@\"";
        self.shell(script, &[&descriptors.to_string()])
    }

    /// The same in a network of its own, which nobody has used: only from there it can be reached.
    pub(super) fn logging_echo_apart(&self, log: &Path) -> Result<Server, Failure> {
        let script = format!("ip link set lo up && {{ {LOGGING}; }}");
        let (echo, log) = (self.echo.to_string_lossy(), log.to_string_lossy());
        let begin = ["--net", "sh", "-c", &script, &echo, &log];
        let command = Command::new(Path::new("unshare"), &[&begin, LISTEN].concat());
        Server::start(&command, None, self.cores)
    }

    /// A server that gives each message to all.
    pub(super) fn broadcast(&self) -> Result<Server, Failure> {
        let program = self.workspace.bench_program("broadcast")?;
        Server::start(&Command::new(&program, &[]), None, self.cores)
    }

    /// A server whose callbacks never return.
    pub(super) fn pending(&self) -> Result<Server, Failure> {
        let program = match self.pending.get() {
            Some(program) => program,
            None => {
                let built = self.workspace.bench_program("pending")?;
                self.pending.get_or_init(|| built)
            }
        };
        Server::start(&Command::new(program, &[]), None, self.cores)
    }

    /// A file of this task's.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.workspace.target.join(format!("attack-{name}"))
    }

    /// Starts `echo` by a script whose `$0` it is, and whose `$1` and so on are `words`.
    fn shell(&self, script: &str, words: &[&str]) -> Result<Server, Failure> {
        let echo = self.echo.to_string_lossy();
        let begin = ["-c", script, &echo];
        self.start(Path::new("sh"), &[&begin, words, LISTEN].concat())
    }

    fn start(&self, program: &Path, arguments: &[&str]) -> Result<Server, Failure> {
        let server = Server::start(&Command::new(program, arguments), None, self.cores)?;
        for _ in 0..FORERUNNERS {
            Peer::open(server.address())?.visit()?;
        }
        Ok(server)
    }
}
