//! The command `tenon completions`.

use clap::Args;
use clap::builder::PossibleValuesParser;
use clap_complete::Shell;

use crate::connectors;
use crate::failure::CliResult;
use crate::output::Screen;

/// Print the completions for a shell
#[derive(Debug, Args)]
#[command(after_help = "For bash, put into ~/.bashrc: source <(tenon completions bash)")]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Prints shell completions, with the names of actions, triggers and picklists.
pub(crate) fn completions(args: &CompletionsArgs, command: clap::Command, screen: &Screen) -> CliResult {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut with_names(command), "tenon", &mut script);
    screen.plain(&script)
}

fn with_names(command: clap::Command) -> clap::Command {
    let (mut actions, mut triggers, mut picklists, mut dynamic, mut names) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for connector in connectors::all() {
        // clap wants names that live as long as the program, which ends after this command.
        let id = |name: &str| -> &'static str { format!("{}.{name}", connector.name).leak() };
        actions.extend(connector.actions.iter().map(|action| id(action.spec().name)));
        triggers.extend(connector.triggers.iter().map(|trigger| id(trigger.spec().name)));
        picklists.extend(connector.picklists.iter().map(|list| id(list.spec().name)));
        dynamic.extend(connector.dynamic_schemas.iter().map(|dynamic| id(dynamic.spec().name)));
        names.push(connector.name);
    }
    let all: Vec<&'static str> =
        [&actions, &triggers, &picklists, &dynamic, &names].into_iter().flatten().copied().collect();
    [
        ("run", "action", &actions),
        ("preview", "action", &actions),
        ("listen", "trigger", &triggers),
        ("choices", "picklist", &picklists),
        ("actions", "connector", &names),
        ("describe", "name", &all),
    ]
    .into_iter()
    .fold(command, |command, (subcommand, argument, values)| {
        let values = PossibleValuesParser::new(values.clone());
        command
            .mut_subcommand(subcommand, |command| command.mut_arg(argument, |argument| argument.value_parser(values)))
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn every_shell_completes_names() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Elvish] {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut with_names(Cli::command()), "tenon", &mut script);
            let script = String::from_utf8(script).unwrap();
            assert!(script.contains("exit-codes"), "{shell}");
            // The others complete options and commands only.
            if matches!(shell, Shell::Bash | Shell::Zsh) {
                assert!(script.contains("outlook.send_email") && script.contains("outlook.new_email"), "{shell}");
            }
        }
    }
}
