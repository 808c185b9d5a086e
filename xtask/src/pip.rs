//! pip, as an installation of ours needs it.

use std::ffi::OsString;
use std::process::Command;

/// Variables that would lead an installation elsewhere, into the user's own Python for one.
const MISLEADING: &[&str] = &[
    "PYTHONPATH",
    "PYTHONHOME",
    "PIP_USER",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_REQUIRE_VIRTUALENV",
    "VIRTUALENV_PYTHON",
];

/// Keeps pip and virtualenv from being led elsewhere, but for what the command says itself.
pub(crate) fn keep_here(command: &mut Command) {
    let own: Vec<OsString> = command
        .get_envs()
        .map(|(name, _)| name.to_owned())
        .collect();
    for name in MISLEADING
        .iter()
        .filter(|name| !own.iter().any(|own| own == **name))
    {
        command.env_remove(name);
    }
    command
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
        .env("PIP_NO_PYTHON_VERSION_WARNING", "1");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_elsewhere_goes_and_what_the_command_says_stays() {
        let mut command = Command::new("python3");
        command.env("PYTHONPATH", "tool");
        keep_here(&mut command);
        let told: Vec<String> = command
            .get_envs()
            .filter(|(name, _)| MISLEADING.iter().any(|known| name == known))
            .map(|(name, value)| format!("{name:?} {value:?}"))
            .collect();
        assert_eq!(told.len(), MISLEADING.len());
        assert!(told.contains(&r#""PYTHONPATH" Some("tool")"#.to_owned()));
        assert!(told.contains(&r#""PIP_USER" None"#.to_owned()));
    }
}
