//! The tasks by name.

use crate::failure::Failure;

/// One task of `cargo xtask`.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) run: fn(&[String]) -> Result<(), Failure>,
}

/// Runs the task called `name` with `args`; without a name, or for `help`, prints the list.
pub(crate) fn run(tasks: &[Task], name: Option<&str>, args: &[String]) -> Result<(), Failure> {
    let Some(name) = name else {
        print_help(tasks);
        return Err(Failure::usage("no task given"));
    };
    if matches!(name, "help" | "--help" | "-h") {
        print_help(tasks);
        return Ok(());
    }
    let Some(task) = tasks.iter().find(|task| task.name == name) else {
        return Err(Failure::usage(format!("no task is called `{name}`")));
    };
    (task.run)(args)
}

fn print_help(tasks: &[Task]) {
    println!("cargo xtask TASK [FLAGS]\n");
    for task in tasks {
        println!("  {:10} {}", task.name, task.summary);
    }
}
