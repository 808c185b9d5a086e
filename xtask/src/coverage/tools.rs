//! llvm-cov and llvm-profdata of the compiler's version of LLVM: another version may not read what it writes.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::debian;
use crate::failure::Failure;
use crate::process::{self, Running};

/// For rustup to fetch a component.
const RUSTUP_LIMIT: Duration = Duration::from_secs(300);

/// Where the programs may be put if they are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetch {
    IntoCache,
    /// By rustup, which changes the toolchain of whoever runs this.
    IntoToolchain,
}

/// The two programs.
#[derive(Debug)]
pub(super) struct Tools {
    pub(super) cov: PathBuf,
    pub(super) profdata: PathBuf,
    /// Where their shared libraries are, if they are not where the system looks.
    pub(super) libraries: Vec<PathBuf>,
}

/// What `rustc -vV` and `rustc --print sysroot` tell.
#[derive(Debug)]
pub(super) struct Compiler {
    llvm: u32,
    /// Where rustup puts llvm-tools.
    component: PathBuf,
}

impl Tools {
    /// Finds them, or fetches them: first from Debian's archive, into `.cache`; only where that cannot be, and if it
    /// may be, by rustup.
    pub(super) fn find(compiler: &Compiler, root: &Path, fetch: Fetch) -> Result<Self, Failure> {
        let version = compiler.llvm;
        if let Some(tools) = installed(compiler) {
            return Ok(tools);
        }
        let unpacked = debian::tools(version, root.join(format!(".cache/llvm-{version}")));
        process::stop_if_interrupted()?;
        let why = match unpacked {
            Ok(Some(tools)) if tools.are_of(version) => return Ok(tools),
            Ok(Some(_)) => "what Debian's archive has does not run".to_owned(),
            Ok(None) => "there is no apt-get".to_owned(),
            Err(failure) => failure.to_string(),
        };
        println!("coverage: {why}");
        if fetch == Fetch::IntoToolchain {
            add_component();
            process::stop_if_interrupted()?;
        }
        installed(compiler).ok_or_else(|| {
            Failure::failed(format!(
                "coverage needs llvm-cov and llvm-profdata {version}: `rustup component add llvm-tools`, or the \
                 system's package llvm-{version}"
            ))
        })
    }

    pub(super) fn cov(&self) -> Command {
        self.command(&self.cov)
    }

    pub(super) fn profdata(&self) -> Command {
        self.command(&self.profdata)
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if let Ok(paths) = std::env::join_paths(&self.libraries)
            && !paths.is_empty()
        {
            command.env("LD_LIBRARY_PATH", paths);
        }
        command
    }

    /// Whether both run and are of this version.
    fn are_of(&self, version: u32) -> bool {
        [self.cov(), self.profdata()].iter_mut().all(|program| {
            let told = process::output(program.arg("--version"));
            told.is_ok_and(|told| llvm_version(&told) == Some(version))
        })
    }
}

impl Compiler {
    pub(super) fn ask() -> Result<Self, Failure> {
        let rustc = || Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        let told = process::output(rustc().arg("-vV"))?;
        let sysroot = process::output(rustc().args(["--print", "sysroot"]))?;
        let host = told.lines().find_map(|line| line.strip_prefix("host: "));
        let (Some(llvm), Some(host)) = (llvm_version(&told), host) else {
            return Err(Failure::failed(format!(
                "`rustc -vV` names no LLVM:\n{told}"
            )));
        };
        let lib = Path::new(sysroot.trim()).join("lib/rustlib");
        Ok(Self {
            llvm,
            component: lib.join(host).join("bin"),
        })
    }
}

/// The major version in `LLVM version: 22.1.2`, as rustc says it, or `LLVM version 22.1.8`, as LLVM does.
fn llvm_version(text: &str) -> Option<u32> {
    let (_, version) = text.split_once("LLVM version")?;
    let digits = version.trim_start_matches([':', ' ']);
    digits.split('.').next()?.parse().ok()
}

/// The compiler's own, or those of the system.
fn installed(compiler: &Compiler) -> Option<Tools> {
    let version = compiler.llvm;
    let in_dir = |dir: PathBuf| [dir.join("llvm-cov"), dir.join("llvm-profdata")];
    let on_path = |suffix: &str| {
        ["llvm-cov", "llvm-profdata"].map(|name| PathBuf::from(format!("{name}{suffix}")))
    };
    let places = [
        in_dir(compiler.component.clone()),
        on_path(&format!("-{version}")),
        in_dir(PathBuf::from(format!("/usr/lib/llvm-{version}/bin"))),
        in_dir(PathBuf::from(format!(
            "/opt/homebrew/opt/llvm@{version}/bin"
        ))),
        on_path(""),
    ];
    let tools = places.into_iter().map(|[cov, profdata]| Tools {
        cov,
        profdata,
        libraries: Vec::new(),
    });
    tools.into_iter().find(|tools| tools.are_of(version))
}

/// Whatever comes of it is seen afterwards: many compilers are not rustup's, and not every machine reaches its server.
fn add_component() {
    println!(
        "coverage: there is no llvm-cov of the compiler's version; rustup is asked for llvm-tools ..."
    );
    let mut rustup = Command::new("rustup");
    rustup.args(["component", "add", "llvm-tools"]);
    if let Ok(mut running) = Running::start(&mut rustup) {
        let _ = running.wait(RUSTUP_LIMIT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_llvm_is_read_from_the_compiler_and_from_the_tools() {
        let rustc = "rustc 1.95.0\nhost: x86_64-unknown-linux-gnu\nLLVM version: 22.1.2\n";
        assert_eq!(llvm_version(rustc), Some(22));
        let debian = "Debian LLVM version 22.1.8\n  Optimized build.\n";
        assert_eq!(llvm_version(debian), Some(22));
        let own = "LLVM (http://llvm.org/):\n  LLVM version 19.1.7-rust-1.86.0-stable\n";
        assert_eq!(llvm_version(own), Some(19));
        assert_eq!(llvm_version("rustc 1.95.0\nbackend: cranelift\n"), None);
    }

    #[test]
    fn programs_that_are_not_there_are_of_no_version() {
        let tools = Tools {
            cov: PathBuf::from("no-such-llvm-cov"),
            profdata: PathBuf::from("no-such-llvm-profdata"),
            libraries: Vec::new(),
        };
        assert!(!tools.are_of(22));
    }
}
