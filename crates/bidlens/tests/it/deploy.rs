//! The files in `deploy/` and at the root agree with the program: settings, commands, metrics.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::{bidlens, root, run, stderr};

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&read(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Names of all settings, from the program itself.
fn settings() -> BTreeSet<String> {
    let output = run(bidlens().args(["config", "--data-dir", "/nonexistent"]));
    assert!(output.status.success(), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().filter_map(|l| l.split_whitespace().next()).map(str::to_owned).collect()
}

/// Whether the program takes this command line.
fn takes(arguments: &[&str]) {
    let output = run(bidlens().args(arguments).arg("--help"));
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
}

fn words<'v>(value: &'v Value, of: &str) -> Vec<&'v str> {
    let list = value.as_array().unwrap_or_else(|| panic!("{of} is no list: {value}"));
    list.iter().map(|v| v.as_str().unwrap_or_else(|| panic!("{of}: {v}"))).collect()
}

#[test]
fn generated_files_are_current() {
    for (path, arguments) in
        [("env.example", &["reference", "--env-example"][..]), ("docs/reference.md", &["reference"])]
    {
        let output = run(bidlens().args(arguments));
        assert!(String::from_utf8_lossy(&output.stdout) == read(path), "{path} is stale; run `cargo xtask reference`");
    }
    let example = read("env.example");
    let named: BTreeSet<String> =
        example.lines().filter_map(|l| l.strip_prefix('#')?.strip_suffix('=')).map(str::to_owned).collect();
    assert_eq!(named, settings(), "env.example names every setting");
}

#[test]
fn compose_starts_what_there_is() {
    let compose = yaml("docker-compose.yml");
    let services = &compose["services"];
    let names: Vec<&str> = services.as_object().expect("services").keys().map(String::as_str).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    let known = settings();
    let common = &compose["x-bidlens"];
    let environments = [&common["environment"], &services["api"]["environment"]];
    for name in environments.iter().flat_map(|e| e.as_object().expect("an environment").keys()) {
        assert!(known.contains(name) || name == "<<", "{name} is no setting");
    }
    assert_eq!(common["env_file"][0]["path"], ".env", "settings that are not named reach the containers too");
    for service in ["api", "worker"] {
        let service = &services[service];
        takes(&words(&service["command"], "command"));
        let check = words(&service["healthcheck"]["test"], "healthcheck");
        assert_eq!(check[..3], ["CMD", "bidlens", "health"]);
        takes(&check[2..]);
        for needed in ["postgres", "redis"] {
            assert_eq!(service["depends_on"][needed]["condition"], "service_healthy");
        }
        assert!(words(&service["volumes"], "volumes").contains(&"files:/files"), "API and workers share the files");
    }
    for (service, image) in [("postgres", "postgres:15"), ("redis", "redis:7")] {
        assert_eq!(services[service]["image"], image);
        assert!(services[service]["healthcheck"]["test"].is_array());
    }
    assert_eq!(words(&services["redis"]["command"], "command")[1..3], ["--appendonly", "yes"]);
    for volume in ["files", "postgres-data", "redis-data"] {
        assert!(compose["volumes"].get(volume).is_some(), "{volume} is kept");
    }
    // Without the plugin the structure above is what can be said.
    let docker = |arguments: &[&str]| {
        let mut command = Command::new("docker");
        command.current_dir(root()).args(arguments);
        command.env("POSTGRES_PASSWORD", "x").env("BIDLENS_ADMIN_PASSWORD", "x").output()
    };
    if docker(&["compose", "version"]).is_ok_and(|o| o.status.success()) {
        let output = docker(&["compose", "config", "--quiet"]).expect("docker");
        assert!(output.status.success(), "{}", stderr(&output));
    }
}

/// Every Rust file of the repository that we wrote.
fn sources(folder: &Path, found: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|e| e == "rs") {
            found.push_str(&std::fs::read_to_string(&entry).expect("a source"));
        }
    }
}

#[test]
fn the_fault_model_names_tests_that_are_there() {
    let mut all = String::new();
    sources(&root().join("crates"), &mut all);
    let page = read("docs/jobs.md");
    let (_, tables) = page.split_once("## What is promised").expect("the promises");
    let (tables, _) = tables.split_once("## How it is proven").expect("the proofs");
    let shown = tables.lines().filter_map(|line| line.strip_suffix('|')?.rsplit_once('|')).map(|(_, last)| last);
    let quoted: Vec<&str> = shown.flat_map(|last| last.split('`').skip(1).step_by(2)).collect();
    let is_name = |word: &&str| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') && word.contains('_');
    let names: Vec<&str> = quoted.iter().filter_map(|q| q.rsplit("::").next()).filter(is_name).collect();
    assert!(names.len() > 15, "{names:?}");
    for name in names {
        assert!(all.contains(&format!("fn {name}")), "docs/jobs.md names {name}, which is no function");
    }
}

#[test]
fn the_image_runs_without_rights() {
    let file = read("Dockerfile");
    let lines: Vec<&str> = file.lines().collect();
    let at = |start: &str| lines.iter().rposition(|l| l.starts_with(start)).unwrap_or_else(|| panic!("no {start}"));
    assert_eq!(lines[at("USER ")], "USER bidlens");
    assert!(at("USER ") > at("FROM debian:bookworm-slim"));
    assert!(lines[at("HEALTHCHECK ")].ends_with("CMD [\"bidlens\", \"health\"]"));
    let known = settings();
    for name in file.split([' ', '\n']).filter_map(|w| w.split_once('=')).map(|(n, _)| n) {
        assert!(!name.starts_with("BIDLENS_") || known.contains(name), "{name} is no setting");
    }
    let ignored = read(".dockerignore");
    for needed in ["Cargo.toml", "Cargo.lock", "crates", "web", "xtask"] {
        assert!(root().join(needed).exists() && !ignored.lines().any(|l| l == needed), "the build needs {needed}");
    }
}

#[test]
fn units_are_sound() {
    for unit in ["bidlens.service", "bidlens-worker@.service"] {
        let text = read(&format!("deploy/{unit}"));
        let start = text.lines().find_map(|l| l.strip_prefix("ExecStart=/usr/local/bin/bidlens ")).expect("a start");
        let start = start.replace("%i", "1");
        takes(&start.split(' ').collect::<Vec<_>>());
        let known = settings();
        for line in text.lines().filter_map(|l| l.strip_prefix("Environment=")) {
            let (name, _) = line.split_once('=').expect("a setting");
            assert!(known.contains(name), "{unit}: {name}");
        }
        // The program is not installed where tests run.
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(unit);
        std::fs::write(&path, text.replace("/usr/local/bin/bidlens", env!("CARGO_BIN_EXE_bidlens"))).expect("write");
        if !Path::new("/usr/bin/systemd-analyze").exists() {
            continue;
        }
        let output = Command::new("/usr/bin/systemd-analyze").arg("verify").arg(&path).output().expect("verify");
        let said: Vec<String> = stderr(&output).lines().filter(|l| l.contains("bidlens")).map(str::to_owned).collect();
        assert!(said.is_empty(), "{unit}: {said:?}");
    }
}

/// Names of our metrics in an expression, without what histograms add.
fn metrics(expression: &str) -> Vec<String> {
    let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = expression.split(|c| !name(c)).filter(|w| w.starts_with("bidlens_"));
    words
        .map(|w| ["_bucket", "_count", "_sum"].iter().find_map(|s| w.strip_suffix(s)).unwrap_or(w).to_owned())
        .collect()
}

fn check_metrics(place: &str, expression: &str) {
    let named = metrics(expression);
    assert!(!named.is_empty(), "{place}: {expression}");
    for name in named {
        assert!(bidlens_app::METRIC_NAMES.contains(&name.as_str()), "{place}: there is no metric {name}");
    }
}

#[test]
fn alerts_ask_for_metrics_that_exist() {
    let alerts = yaml("deploy/prometheus-alerts.yml");
    let mut covered = BTreeSet::new();
    for rule in alerts["groups"][0]["rules"].as_array().expect("rules") {
        let name = rule["alert"].as_str().expect("a name");
        let expression = rule["expr"].as_str().expect("an expression");
        check_metrics(name, expression);
        covered.extend(metrics(expression));
        assert!(rule["annotations"]["summary"].is_string() && rule["labels"]["severity"].is_string(), "{name}");
    }
    for metric in [
        "bidlens_jobs",
        "bidlens_queue_oldest_seconds",
        "bidlens_queue_silent_seconds",
        "bidlens_workers_alive",
        "bidlens_lease_losses_total",
        "bidlens_job_attempts_total",
    ] {
        assert!(covered.contains(metric), "no alert watches {metric}");
    }
}

#[test]
fn the_dashboard_shows_every_metric_there_is() {
    let dashboard: Value = serde_json::from_str(&read("deploy/grafana-dashboard.json")).expect("JSON");
    let mut shown = BTreeSet::new();
    for panel in dashboard["panels"].as_array().expect("panels") {
        let title = panel["title"].as_str().expect("a title");
        for target in panel["targets"].as_array().expect("targets") {
            let expression = target["expr"].as_str().expect("an expression");
            check_metrics(title, expression);
            shown.extend(metrics(expression));
        }
    }
    let all: BTreeSet<String> = bidlens_app::METRIC_NAMES.iter().map(|n| (*n).to_owned()).collect();
    assert_eq!(shown, all);
}
