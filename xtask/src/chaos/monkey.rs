//! Breaks one thing after the other, as the seed says, and mends it again.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::{Duration, Instant};

use super::random::Random;
use super::system::{Process, QUEUES, System};
use crate::sh;

/// What can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trick {
    KillWorker,
    KillApi,
    PauseWorker,
    PauseApi,
    StopWorkerKindly,
    RestartPostgres,
    KillRedis,
    FlushRedis,
    CutPostgres,
    CutRedis,
    SlowPostgres,
    SlowRedis,
    FillDisk,
    StockCleaners,
}

/// Each trick with its share: killing and pausing workers is what happens most.
const TRICKS: &[(Trick, u64)] = &[
    (Trick::KillWorker, 5),
    (Trick::KillApi, 3),
    (Trick::PauseWorker, 4),
    (Trick::PauseApi, 1),
    (Trick::StopWorkerKindly, 2),
    (Trick::RestartPostgres, 2),
    (Trick::KillRedis, 2),
    (Trick::FlushRedis, 3),
    (Trick::CutPostgres, 3),
    (Trick::CutRedis, 3),
    (Trick::SlowPostgres, 2),
    (Trick::SlowRedis, 2),
    (Trick::FillDisk, 1),
    (Trick::StockCleaners, 2),
];

/// How often each trick was played.
#[derive(Debug, Default)]
pub(super) struct Done(BTreeMap<Trick, u32>);

impl Done {
    pub(super) fn table(&self) -> String {
        let mut table = String::from("played: ");
        for (trick, count) in &self.0 {
            let _ = write!(table, "{trick:?} {count}  ");
        }
        table
    }
}

pub(super) fn run(system: &System, seed: u64, until: Instant) -> Done {
    let mut random = Random::new(seed);
    let mut done = Done::default();
    while Instant::now() < until {
        std::thread::sleep(Duration::from_millis(random.between(300, 2_500)));
        let trick = choose(&mut random);
        *done.0.entry(trick).or_default() += 1;
        play(system, trick, &mut random);
    }
    done
}

fn choose(random: &mut Random) -> Trick {
    let mut at = random.below(TRICKS.iter().map(|(_, share)| share).sum());
    for (trick, share) in TRICKS {
        if at < *share {
            return *trick;
        }
        at -= share;
    }
    Trick::KillWorker
}

fn wait(random: &mut Random, low_ms: u64, high_ms: u64) {
    std::thread::sleep(Duration::from_millis(random.between(low_ms, high_ms)));
}

fn play(system: &System, trick: Trick, random: &mut Random) {
    let Some((api, workers)) = system.processes.split_first() else { return };
    let worker = workers.get(random.below(workers.len() as u64) as usize).unwrap_or(api);
    let any = system.processes.get(random.below(system.processes.len() as u64) as usize).unwrap_or(api);
    match trick {
        Trick::KillWorker => kill(system, worker, random),
        Trick::KillApi => kill(system, api, random),
        // Longer than a lease at times, so that others take its jobs and it wakes up without them.
        Trick::PauseWorker => pause(system, worker, random, 20_000),
        Trick::PauseApi => pause(system, api, random, 5_000),
        Trick::StopWorkerKindly => {
            system.signal(worker, "TERM");
            wait(random, 500, 4_000);
            kill(system, worker, random);
        }
        Trick::RestartPostgres => {
            system.postgres.kill();
            wait(random, 100, 4_000);
            system.postgres.restart();
        }
        Trick::KillRedis => {
            system.redis.kill();
            wait(random, 100, 5_000);
            system.redis.restart();
        }
        Trick::FlushRedis => flush(system),
        Trick::CutPostgres => {
            any.postgres.cut();
            wait(random, 200, 8_000);
            any.postgres.mend();
        }
        Trick::CutRedis => {
            any.redis.cut();
            wait(random, 200, 8_000);
            any.redis.mend();
        }
        Trick::SlowPostgres => {
            any.postgres.delay(Duration::from_millis(random.between(20, 300)));
            wait(random, 1_000, 5_000);
            any.postgres.mend();
        }
        Trick::SlowRedis => {
            any.redis.delay(Duration::from_millis(random.between(20, 600)));
            wait(random, 1_000, 5_000);
            any.redis.mend();
        }
        Trick::FillDisk => fill_disk(system, random),
        Trick::StockCleaners => clean_as_rq_does(system),
    }
}

fn kill(system: &System, process: &Process, random: &mut Random) {
    system.kill(process);
    wait(random, 0, 2_000);
    // A process that cannot start now is started by the next trick or at the end.
    let _ = system.spawn(process);
}

fn pause(system: &System, process: &Process, random: &mut Random, longest_ms: u64) {
    system.signal(process, "STOP");
    wait(random, 500, longest_ms);
    system.signal(process, "CONT");
}

fn flush(system: &System) {
    let _ = sh::command("redis-cli").args(["-p", &system.redis.port().to_string(), "FLUSHALL"]).output();
}

fn fill_disk(system: &System, random: &mut Random) {
    if !system.small_disk {
        return;
    }
    let filler = system.data().join("filler");
    if let Ok(mut file) = std::fs::File::create(&filler) {
        use std::io::Write;
        let piece = vec![0u8; 1 << 20];
        // Until it is full.
        while file.write_all(&piece).is_ok() {}
    }
    wait(random, 500, 4_000);
    let _ = std::fs::remove_file(&filler);
}

/// What every stock worker and `rq info` do, all queues at once and without a lock.
fn clean_as_rq_does(system: &System) {
    let script = format!(
        "from redis import Redis\nfrom rq import Queue\nfrom rq.registry import clean_registries\n\
         r = Redis(port={}, socket_timeout=5)\n\
         for q in {QUEUES:?}:\n    clean_registries(Queue(q, connection=r))\n",
        system.redis.port()
    );
    let _ = sh::command(&system.python).args(["-c", &script]).output();
}
