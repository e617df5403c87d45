//! Whether anything was lost, doubled, stuck or left over.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::load::Asked;
use super::system::{PASSWORD, QUEUES, System, request};
use crate::sh;

/// How long nothing may end when everything is up again, before what is left counts as stuck.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(super) struct Verdict {
    succeeded: usize,
    /// Runs whose job killed, as it seemed, too many workers; that is what the budget is for.
    quarantined: usize,
    lost: Vec<String>,
    stuck: Vec<String>,
    doubled: Vec<String>,
    failed: Vec<String>,
    orphaned: Vec<String>,
    waited: Duration,
}

impl Verdict {
    pub(super) fn is_clean(&self) -> bool {
        [&self.lost, &self.stuck, &self.doubled, &self.failed, &self.orphaned].into_iter().all(Vec::is_empty)
    }

    pub(super) fn table(&self, asked: &Asked) -> String {
        let mut table = format!(
            "asked: {} projects ({} deleted meanwhile), {} runs, {} requests sent again\n\
             ended: {} succeeded, {} quarantined; the last {:.1} s after everything was mended\n",
            asked.projects.len() + asked.deleted,
            asked.deleted,
            asked.runs.len(),
            asked.repeated,
            self.succeeded,
            self.quarantined,
            self.waited.as_secs_f32(),
        );
        for (word, list) in [
            ("lost", &self.lost),
            ("stuck", &self.stuck),
            ("doubled", &self.doubled),
            ("failed", &self.failed),
            ("orphaned", &self.orphaned),
        ] {
            let _ = writeln!(table, "{word:9} {}", list.len());
            for what in list.iter().take(12) {
                let _ = writeln!(table, "          {what}");
            }
        }
        table
    }
}

pub(super) fn judge(system: &System, asked: &Asked) -> anyhow::Result<Verdict> {
    let mut verdict = Verdict::default();
    let began = Instant::now();
    let open = "SELECT count(*) FROM platform_jobs WHERE state IN ('queued', 'running')";
    let (mut left, mut moved) = (system.sql(open), Instant::now());
    while left != "0" && moved.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(500));
        let now = system.sql(open);
        if now != left {
            (left, moved) = (now, Instant::now());
        }
    }
    verdict.waited = began.elapsed();
    rows(system, &mut verdict);
    promises(system, asked, &mut verdict)?;
    lists(system, &mut verdict);
    files(system, &mut verdict)?;
    Ok(verdict)
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty())
}

/// What the database itself says.
fn rows(system: &System, verdict: &mut Verdict) {
    let stuck = "SELECT 'job ' || id || ' ' || kind || ' ' || state || ' attempt ' || attempt FROM platform_jobs
                  WHERE state IN ('queued', 'running')
                 UNION ALL SELECT 'run ' || id || ' ' || status FROM runs WHERE status IN ('pending', 'running')
                 UNION ALL SELECT 'asset ' || id FROM assets WHERE status = 'pending'";
    verdict.stuck.extend(lines(&system.sql(stuck)).map(str::to_owned));
    let doubled = "SELECT 'result of a run that did not succeed: ' || r.project_id || ' ' || r.kind FROM results r
                     LEFT JOIN runs u ON u.id = r.run_id WHERE u.status IS DISTINCT FROM 'success'
                   UNION ALL SELECT 'document of a file that is not ready: ' || a.id FROM assets a
                     JOIN documents d ON d.asset_id = a.id WHERE a.status <> 'ready'
                   UNION ALL SELECT 'ready file without its document: ' || a.id FROM assets a
                     LEFT JOIN documents d ON d.asset_id = a.id
                    WHERE a.status = 'ready' AND a.kind <> 'custom_rule' AND d.asset_id IS NULL
                   UNION ALL SELECT 'file twice: ' || project_id || ' ' || sha256 FROM assets
                    GROUP BY project_id, kind, bidder_name, sha256 HAVING count(*) > 1
                   UNION ALL SELECT 'run and job disagree: ' || u.id FROM runs u JOIN platform_jobs j ON j.id = u.job_id
                    WHERE (j.state = 'succeeded') <> (u.status = 'success')";
    verdict.doubled.extend(lines(&system.sql(doubled)).map(str::to_owned));
}

/// What the clients were promised.
fn promises(system: &System, asked: &Asked, verdict: &mut Verdict) -> anyhow::Result<()> {
    let login = json!({"username": "admin", "password": PASSWORD});
    let (_, answer) = request("POST", &format!("{}/api/auth/login", system.base), "", &login)?;
    let token = answer["access_token"].as_str().unwrap_or_default().to_owned();
    let get = |path: &str| request("GET", &format!("{}/api/apps/tender{path}", system.base), &token, &Value::Null);
    for (project, run) in &asked.runs {
        let (status, answer) = get(&format!("/runs/{run}"))?;
        let said = format!("run {run} of {project}: {status} {} {}", answer["kind"], answer["error"]);
        match answer["status"].as_str() {
            _ if status != 200 => verdict.lost.push(said),
            Some("success") => verdict.succeeded += 1,
            Some("failed") if answer["error"].as_str().is_some_and(is_quarantine) => verdict.quarantined += 1,
            Some("failed" | "cancelled") => verdict.failed.push(said),
            _ => verdict.stuck.push(said),
        }
    }
    for (project, files) in &asked.projects {
        let (_, assets) = get(&format!("/projects/{project}/assets"))?;
        let have = assets.as_array().map_or(0, Vec::len);
        if have < *files {
            verdict.lost.push(format!("project {project} has {have} of {files} files"));
        }
        let (_, items) = get(&format!("/projects/{project}/review"))?;
        let mut seen = BTreeSet::new();
        for item in items.as_array().into_iter().flatten() {
            if !seen.insert(item["id"].as_str()) {
                verdict.doubled.push(format!("finding {} of {project}", item["id"]));
            }
        }
    }
    Ok(())
}

/// A job may be unlucky often enough to look like the cause; what waits for its file says so too.
fn is_quarantine(error: &str) -> bool {
    error.contains("it is not tried again by itself") || error.contains("its worker died")
}

/// Redis must show nothing that waits or runs.
fn lists(system: &System, verdict: &mut Verdict) {
    let ask = |words: &[&str]| {
        let output = sh::command("redis-cli").args(["-p", &system.redis.port().to_string()]).args(words).output();
        output.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned()).unwrap_or_default()
    };
    let limit = Instant::now() + Duration::from_secs(60);
    loop {
        let mut left = Vec::new();
        for queue in QUEUES {
            for (command, key) in [
                ("LLEN", format!("rq:queue:{queue}")),
                ("LLEN", format!("rq:queue:{queue}:intermediate")),
                ("ZCARD", format!("rq:wip:{queue}")),
                ("ZCARD", format!("rq:scheduled:{queue}")),
            ] {
                let count = ask(&[command, &key]);
                if count != "0" {
                    left.push(format!("{key} holds {count}"));
                }
            }
        }
        if left.is_empty() || Instant::now() > limit {
            verdict.stuck.extend(left);
            return;
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// Every stored file has a row, and every row its file.
fn files(system: &System, verdict: &mut Verdict) -> anyhow::Result<()> {
    system.sweep_files()?;
    let rows: BTreeSet<String> = lines(&system.sql("SELECT DISTINCT sha256 FROM assets")).map(str::to_owned).collect();
    let limit = Instant::now() + Duration::from_secs(20);
    loop {
        let stored = stored(&system.data().join("files"));
        let orphans: Vec<String> = stored.difference(&rows).map(|f| format!("file {f} has no row")).collect();
        let missing: Vec<String> = rows.difference(&stored).map(|f| format!("file {f} is not stored")).collect();
        if (orphans.is_empty() && missing.is_empty()) || Instant::now() > limit {
            verdict.orphaned.extend(orphans);
            verdict.lost.extend(missing);
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// Names of everything below the folder that is a stored file or a half-written one.
fn stored(folder: &std::path::Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                names.insert(entry.file_name().to_string_lossy().into_owned());
            }
        }
    }
    names
}
