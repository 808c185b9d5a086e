//! The tasks by name.

use crate::failure::Failure;
use crate::flags;

/// One task of `cargo xtask`.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    /// Gets what stands after the name; answers `--help` itself.
    pub(crate) run: fn(&[String]) -> Result<(), Failure>,
}

/// Runs the task called `name` with `args`. `help` lists the tasks, `help TASK` asks the task.
pub(crate) fn run(tasks: &[Task], name: Option<&str>, args: &[String]) -> Result<(), Failure> {
    let Some(name) = name else {
        print_list(tasks);
        return Err(Failure::usage("no task was named"));
    };
    if !matches!(name, "help" | "--help" | "-h") {
        return (find(tasks, name)?.run)(args);
    }
    match args.first() {
        None => {
            print_list(tasks);
            Ok(())
        }
        Some(about) => (find(tasks, about)?.run)(&["--help".to_owned()]),
    }
}

fn find<'a>(tasks: &'a [Task], name: &str) -> Result<&'a Task, Failure> {
    let names: Vec<&str> = tasks.iter().map(|task| task.name).collect();
    tasks
        .iter()
        .find(|task| task.name == name)
        .ok_or_else(|| flags::unknown("task", name, &names))
}

fn print_list(tasks: &[Task]) {
    println!("usage: cargo xtask TASK [FLAGS]\n");
    for task in tasks {
        println!("  {:10} {}", task.name, task.summary);
    }
    println!("\n`cargo xtask TASK --help` tells the flags of a task.");
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASKS: &[Task] = &[
        Task {
            name: "layers",
            summary: "",
            run: |_| Ok(()),
        },
        Task {
            name: "tidy",
            summary: "",
            run: |args| Err(Failure::failed(args.join(" "))),
        },
    ];

    #[test]
    fn an_unknown_task_is_a_usage_error_that_names_the_nearest() {
        let failure = run(TASKS, Some("layer"), &[]).expect_err("there is no such task");
        assert!(matches!(failure, Failure::Usage(_)));
        assert_eq!(
            failure.to_string(),
            "no task is called `layer`; did you mean `layers`? (layers, tidy)"
        );
    }

    #[test]
    fn a_task_gets_what_stands_after_its_name() {
        let args = ["--flag".to_owned(), "value".to_owned()];
        let failure = run(TASKS, Some("tidy"), &args).expect_err("the sample fails");
        assert_eq!(failure.to_string(), "--flag value");
    }

    #[test]
    fn help_about_a_task_asks_the_task() {
        let failure = run(TASKS, Some("help"), &["tidy".to_owned()]).expect_err("the sample fails");
        assert_eq!(failure.to_string(), "--help");
    }

    #[test]
    fn no_task_at_all_is_a_usage_error() {
        assert!(matches!(run(TASKS, None, &[]), Err(Failure::Usage(_))));
    }
}
