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

/// In shorter runs things stay broken for less time, so that each can be broken once.
const UNHURRIED: Duration = Duration::from_secs(120);

/// Plays every trick once, in an order that the seed says, and then by their shares until the time is over.
pub(super) fn run(system: &System, seed: u64, length: Duration) -> Done {
    let tricks: Vec<(Trick, u64)> =
        TRICKS.iter().copied().filter(|(trick, _)| *trick != Trick::FillDisk || system.small_disk).collect();
    let pace = (length.as_secs_f64() / UNHURRIED.as_secs_f64()).min(1.0);
    let mut monkey = Monkey { system, random: Random::new(seed), pace };
    let mut once: Vec<Trick> = tricks.iter().map(|(trick, _)| *trick).collect();
    let until = Instant::now() + length;
    let mut done = Done::default();
    while Instant::now() < until {
        monkey.wait(300, 2_500);
        let trick = match once.len() as u64 {
            0 => monkey.choose(&tricks),
            left => once.swap_remove(monkey.random.below(left) as usize),
        };
        *done.0.entry(trick).or_default() += 1;
        monkey.play(trick);
    }
    done
}

struct Monkey<'s> {
    system: &'s System,
    random: Random,
    /// What part of its time everything stays broken.
    pace: f64,
}

impl Monkey<'_> {
    fn choose(&mut self, tricks: &[(Trick, u64)]) -> Trick {
        let mut at = self.random.below(tricks.iter().map(|(_, share)| share).sum());
        for (trick, share) in tricks {
            if at < *share {
                return *trick;
            }
            at -= share;
        }
        Trick::KillWorker
    }

    fn wait(&mut self, low_ms: u64, high_ms: u64) {
        let time = Duration::from_millis(self.random.between(low_ms, high_ms));
        std::thread::sleep(time.mul_f64(self.pace));
    }

    fn play(&mut self, trick: Trick) {
        let system = self.system;
        let Some((api, workers)) = system.processes.split_first() else { return };
        let worker = workers.get(self.random.below(workers.len() as u64) as usize).unwrap_or(api);
        let any = system.processes.get(self.random.below(system.processes.len() as u64) as usize).unwrap_or(api);
        match trick {
            Trick::KillWorker => self.kill(worker),
            Trick::KillApi => self.kill(api),
            // Longer than a lease at times, so that others take its jobs and it wakes up without them.
            Trick::PauseWorker => self.pause(worker, 20_000),
            Trick::PauseApi => self.pause(api, 5_000),
            Trick::StopWorkerKindly => {
                system.signal(worker, "TERM");
                self.wait(500, 4_000);
                self.kill(worker);
            }
            Trick::RestartPostgres => {
                system.postgres.kill();
                self.wait(100, 4_000);
                system.postgres.restart();
            }
            Trick::KillRedis => {
                system.redis.kill();
                self.wait(100, 5_000);
                system.redis.restart();
            }
            Trick::FlushRedis => flush(system),
            Trick::CutPostgres => {
                any.postgres.cut();
                self.wait(200, 8_000);
                any.postgres.mend();
            }
            Trick::CutRedis => {
                any.redis.cut();
                self.wait(200, 8_000);
                any.redis.mend();
            }
            Trick::SlowPostgres => {
                any.postgres.delay(Duration::from_millis(self.random.between(20, 300)));
                self.wait(1_000, 5_000);
                any.postgres.mend();
            }
            Trick::SlowRedis => {
                any.redis.delay(Duration::from_millis(self.random.between(20, 600)));
                self.wait(1_000, 5_000);
                any.redis.mend();
            }
            Trick::FillDisk => self.fill_disk(),
            Trick::StockCleaners => clean_as_rq_does(system),
        }
    }

    fn kill(&mut self, process: &Process) {
        self.system.kill(process);
        self.wait(0, 2_000);
        // A process that cannot start now is started by the next trick or at the end.
        let _ = self.system.spawn(process);
    }

    fn pause(&mut self, process: &Process, longest_ms: u64) {
        self.system.signal(process, "STOP");
        self.wait(500, longest_ms);
        self.system.signal(process, "CONT");
    }

    fn fill_disk(&mut self) {
        let filler = self.system.data().join("filler");
        if let Ok(mut file) = std::fs::File::create(&filler) {
            use std::io::Write;
            let piece = vec![0u8; 1 << 20];
            // Until it is full.
            while file.write_all(&piece).is_ok() {}
        }
        self.wait(500, 4_000);
        let _ = std::fs::remove_file(&filler);
    }
}

fn flush(system: &System) {
    let _ = sh::command("redis-cli").args(["-p", &system.redis.port().to_string(), "FLUSHALL"]).output();
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
