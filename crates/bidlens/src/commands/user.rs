//! `bidlens user`: users and their tokens.

use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::cli::User;
use crate::server;
use crate::terminal;

pub(crate) fn run(command: User) -> anyhow::Result<ExitCode> {
    match command {
        User::Add { username, admin, password_stdin, data } => {
            let given = password(password_stdin)?;
            server::with_rows(data, |app| async move {
                let password = given.clone().unwrap_or_else(generated);
                let user = app.add_user(&username, &password, admin).await?;
                terminal::print(&told(&format!("added {}", user.username), given.is_none(), &password))?;
                Ok(ExitCode::SUCCESS)
            })
        }
        User::Passwd { username, password_stdin, data } => {
            let given = password(password_stdin)?;
            server::with_rows(data, |app| async move {
                let password = given.clone().unwrap_or_else(generated);
                app.set_password(&username, &password)
                    .await
                    .with_context(|| format!("change the password of {username}"))?;
                terminal::print(&told(
                    &format!("changed; {username} is signed out everywhere"),
                    given.is_none(),
                    &password,
                ))?;
                Ok(ExitCode::SUCCESS)
            })
        }
        User::Token { username, days, data } => server::with_rows(data, |app| async move {
            let session =
                app.make_token(&username, days).await.with_context(|| format!("make a token for {username}"))?;
            terminal::print(&session.token)?;
            terminal::print_note(&format!("valid for {days} days; it is not shown again"));
            Ok(ExitCode::SUCCESS)
        }),
        User::Clues { username, revoke, data } => server::with_rows(data, |app| async move {
            app.allow_clues(&username, !revoke).await.with_context(|| format!("change the rights of {username}"))?;
            let word = if revoke { "may no longer" } else { "may" };
            terminal::print(&format!("{username} {word} see clues across bids"))?;
            Ok(ExitCode::SUCCESS)
        }),
    }
}

/// The password from standard input, when it is to come from there.
fn password(from_stdin: bool) -> anyhow::Result<Option<String>> {
    if !from_stdin {
        return Ok(None);
    }
    if std::io::stdin().is_terminal() {
        terminal::print_note("password (it will be seen as you type):");
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("read the password")?;
    let password = line.trim_end_matches(['\n', '\r']).to_owned();
    if password.is_empty() {
        bail!("read the password: standard input is empty");
    }
    Ok(Some(password))
}

fn generated() -> String {
    uuid::Uuid::new_v4().simple().to_string().chars().take(20).collect()
}

fn told(text: &str, generated: bool, password: &str) -> String {
    if generated { format!("{text}\npassword: {password}  (shown once)") } else { text.to_owned() }
}
