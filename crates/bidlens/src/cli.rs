//! The command line as it is typed.

use std::path::PathBuf;

use bidlens_domain::document::Language;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Read tenders, find what can disqualify a bid, and review bids against every requirement.
#[derive(Debug, Parser)]
#[command(name = "bidlens", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the HTTP API and the workspace in the browser, with workers in the same process
    Serve(Serve),
    /// Run the jobs of a data directory that no server is using
    Worker(Worker),
    /// Review bids against a tender, from files, without a server
    Review(Review),
    /// Extract project facts, risks and requirements of one tender (all files together)
    Extract(Extract),
    /// Show what the parser sees in one file
    Parse(ParseFile),
    /// Operate the job queue
    #[command(subcommand)]
    Queue(Queue),
    /// Manage users and API tokens
    #[command(subcommand)]
    User(User),
    /// Bring the database schema up to date
    Migrate(DataDir),
    /// Print every setting, its value and where it came from
    Config(DataDir),
    /// Show the models that can be asked for, and try them
    #[command(subcommand)]
    Models(ModelsCommand),
    /// Check every configured service and say what is wrong and how to mend it
    Doctor(DataDir),
    /// Ask a running server whether it works; exits with 1 when it does not
    Health(Health),
    /// Parse one file read from standard input, within limits (used by workers)
    #[command(hide = true)]
    ParseChild(ParseChild),
    /// Draw pages of a file read from standard input, within limits (used by workers)
    #[command(hide = true)]
    DrawChild(DrawChild),
    /// Put notes into one file read from standard input, within limits (used by servers)
    #[command(hide = true)]
    AnnotateChild(AnnotateChild),
    /// Take a package read from standard input apart, within limits (used by workers)
    #[command(hide = true)]
    UnpackChild(UnpackChild),
    /// Run another program within limits and without the network (used by workers)
    #[command(hide = true)]
    Sandboxed(Sandboxed),
    /// Print the reference of commands and settings as Markdown
    #[command(hide = true)]
    Reference(Reference),
}

#[derive(Debug, Args)]
pub(crate) struct DataDir {
    /// Where the database and files are kept [env: BIDLENS_DATA_DIR]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// List them, the one that is asked when none is named marked
    List,
    /// Ask one a small question that holds nothing of a document
    Test {
        /// The model [default: the configured one]
        #[arg(value_name = "ID")]
        id: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Address to listen on [env: BIDLENS_LISTEN] [default: 127.0.0.1:9001]
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) listen: Option<String>,
    #[command(flatten)]
    pub(crate) data: DataDir,
    /// Only serve; leave the jobs to `bidlens worker`
    #[arg(long)]
    pub(crate) no_worker: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Worker {
    /// Queues to serve, in order of priority [default: all]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) queues: Vec<String>,
    /// Jobs to run at the same time, 1 to 64 [default: number of cores]
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) concurrency: Option<u8>,
    /// Serve /metrics and /health/live on this address [default: nothing is served]
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) metrics_listen: Option<std::net::SocketAddr>,
    #[command(flatten)]
    pub(crate) data: DataDir,
}

#[derive(Debug, Args)]
pub(crate) struct Health {
    /// What to ask [default: /health/ready of the address in BIDLENS_LISTEN]
    #[arg(long, value_name = "http://HOST:PORT/PATH")]
    pub(crate) url: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Review {
    /// Files of the tender
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    pub(crate) tender: Vec<PathBuf>,
    /// Files of the bids; files of one bidder are one bid. Without NAME= the bidder is read from the bid
    #[arg(long, value_name = "[NAME=]FILE", required = true, num_args = 1..)]
    pub(crate) bid: Vec<String>,
    /// Files with rules of your own (YAML)
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) rules: Vec<PathBuf>,
    /// The model that reads meaning; `builtin` needs no network [default: the configured one, or builtin]
    #[arg(long, value_name = "ID")]
    pub(crate) model: Option<String>,
    /// Write report.html, report.docx, report.xlsx and result.json into this directory, and annotated/ with the findings
    /// in copies of the bids' PDF and DOCX files
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Language of the summary, the findings and the reports; JSON has both
    #[arg(long, value_enum, value_name = "LANGUAGE", default_value = "zh")]
    pub(crate) language: ReportLanguage,
    /// Print the result as one JSON document
    #[arg(long)]
    pub(crate) json: bool,
    /// Exit with 3 when a rigid requirement is failed
    #[arg(long)]
    pub(crate) exit_code: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ReportLanguage {
    Zh,
    En,
}

impl From<ReportLanguage> for Language {
    fn from(language: ReportLanguage) -> Language {
        match language {
            ReportLanguage::Zh => Language::Zh,
            ReportLanguage::En => Language::En,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Extract {
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The model that reads meaning; `builtin` needs no network [default: the configured one, or builtin]
    #[arg(long, value_name = "ID")]
    pub(crate) model: Option<String>,
    /// Language of the summary; JSON has both
    #[arg(long, value_enum, value_name = "LANGUAGE", default_value = "zh")]
    pub(crate) language: ReportLanguage,
    /// Print the result as one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ParseFile {
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Print the result as one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Reference {
    /// Print the example of an environment file instead
    #[arg(long)]
    pub(crate) env_example: bool,
    /// Print the legal rules instead
    #[arg(long)]
    pub(crate) rules: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ParseChild {
    #[command(flatten)]
    pub(crate) limits: ReaderLimits,
    /// Answer as `parse --json` prints it, when there is something to print
    #[arg(long)]
    pub(crate) printed: bool,
    /// So many bytes of words that were recognised on its pages come before the file
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    pub(crate) recognised_bytes: usize,
}

#[derive(Debug, Args)]
pub(crate) struct DrawChild {
    #[command(flatten)]
    pub(crate) limits: ReaderLimits,
    /// Numbers of the pages, counted from 1
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', required_unless_present = "wanted_bytes")]
    pub(crate) page: Vec<u32>,
    /// Resolution of the picture
    #[arg(long, value_name = "DPI", default_value_t = 150)]
    pub(crate) dots_per_inch: u32,
    /// So many bytes that say what is to be recognised come before the file; the answer is made ready for that
    #[arg(long, value_name = "BYTES")]
    pub(crate) wanted_bytes: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct AnnotateChild {
    #[command(flatten)]
    pub(crate) limits: ReaderLimits,
    /// So many bytes of notes come before the file
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    pub(crate) notes_bytes: usize,
}

#[derive(Debug, Args)]
pub(crate) struct UnpackChild {
    #[command(flatten)]
    pub(crate) limits: ReaderLimits,
}

/// What a process that reads one file may use.
#[derive(Debug, Args)]
pub(crate) struct ReaderLimits {
    /// The file's name as its owner gave it
    #[arg(long)]
    pub(crate) name: String,
    /// Memory the process may use
    #[arg(long, value_name = "MB", default_value_t = 2048)]
    pub(crate) memory_mb: u64,
    /// CPU time the process may use
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub(crate) cpu_s: u64,
    /// Size of file that is read at all
    #[arg(long, value_name = "MB", default_value_t = 200)]
    pub(crate) max_mb: u64,
    /// Pages of one file
    #[arg(long, default_value_t = 5_000)]
    pub(crate) pages: u32,
    /// What the parts of one office file inflate to
    #[arg(long, value_name = "MB", default_value_t = 300)]
    pub(crate) inflated_mb: u64,
    /// What the files of one package are together
    #[arg(long, value_name = "MB", default_value_t = 1_024)]
    pub(crate) package_mb: u64,
    /// Files of one package
    #[arg(long, default_value_t = 500)]
    pub(crate) package_files: usize,
    /// Pages read at a time; 0 for as many as there are processors
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) threads: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Sandboxed {
    /// Only say whether the system call filter works here
    #[arg(long)]
    pub(crate) probe: bool,
    /// Memory the program may use
    #[arg(long, value_name = "MB", default_value_t = 2048)]
    pub(crate) memory_mb: u64,
    /// CPU time the program may use
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub(crate) cpu_s: u64,
    /// Size of a file that the program may write
    #[arg(long, value_name = "MB", default_value_t = 512)]
    pub(crate) file_mb: u64,
    /// Processes the program may start
    #[arg(long, default_value_t = 64)]
    pub(crate) processes: u64,
    /// The folder the program is at home in
    #[arg(long, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    #[arg(last = true)]
    pub(crate) command: Vec<std::ffi::OsString>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Queue {
    /// Show how many jobs wait, run and failed, per queue
    Status {
        #[command(flatten)]
        data: DataDir,
        /// Print the result as one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Put a failed or cancelled job back into its queue
    Requeue {
        id: String,
        #[command(flatten)]
        data: DataDir,
    },
    /// Say why a job is not running
    Explain {
        id: String,
        #[command(flatten)]
        data: DataDir,
        /// Print the result as one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Keep workers from taking jobs of these queues; what runs is not touched
    Pause {
        #[arg(value_name = "QUEUE", required = true)]
        queues: Vec<String>,
        #[command(flatten)]
        data: DataDir,
    },
    /// Let workers take jobs again, of these queues or of all
    Resume {
        #[arg(value_name = "QUEUE")]
        queues: Vec<String>,
        #[command(flatten)]
        data: DataDir,
    },
    /// Pause all queues and wait until no job runs, for maintenance; `resume` goes on
    Drain {
        /// Seconds to wait at most
        #[arg(long, value_name = "SECONDS", default_value_t = 1_860)]
        timeout: u64,
        #[command(flatten)]
        data: DataDir,
    },
    /// Cancel a waiting or running job
    Cancel {
        id: String,
        #[command(flatten)]
        data: DataDir,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Add a user; the password is read from standard input, or generated and printed
    Add {
        username: String,
        /// May see everybody's jobs and projects
        #[arg(long)]
        admin: bool,
        /// Read the password from standard input instead of generating one
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        data: DataDir,
    },
    /// Change a user's password; signs the user out everywhere
    Passwd {
        username: String,
        /// Read the password from standard input instead of generating one
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        data: DataDir,
    },
    /// Make an API token for a user and print it once
    Token {
        username: String,
        /// Days until the token ends
        #[arg(long, default_value_t = 90)]
        days: u32,
        #[command(flatten)]
        data: DataDir,
    },
    /// Let a user see what bids have in common; administrators always may
    Clues {
        username: String,
        /// Take the right back
        #[arg(long)]
        revoke: bool,
        #[command(flatten)]
        data: DataDir,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
