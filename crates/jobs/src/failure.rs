//! Why work failed: a code for programs, which never changes its meaning, and words for people.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares the codes, each with its name and what it means.
macro_rules! codes {
    ($($variant:ident $name:literal $meaning:literal)*) => {
        /// What kept work from its end. The engine names what befell an attempt, a handler what befell its work.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum FailureCode {
            $(#[doc = $meaning] #[serde(rename = $name)] $variant,)*
        }

        impl FailureCode {
            pub const ALL: &[FailureCode] = &[$(FailureCode::$variant,)*];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(FailureCode::$variant => $name,)*
                }
            }

            /// What it means, for those who read of it.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(FailureCode::$variant => $meaning,)*
                }
            }
        }
    };
}

codes! {
    Cancelled "cancelled" "given up on request"
    TimedOut "timed_out" "it took longer than allowed"
    WorkerLost "worker_lost" "its worker died under it as often as is allowed"
    DependencyFailed "dependency_failed" "work it waited for has failed or was cancelled"
    BadCall "bad_call" "it asks for what this program does not do, or not with these arguments"
    StorageUnavailable "storage_unavailable" "the database or the file store did not answer"
    StorageFull "storage_full" "no room is left to store anything"
    FileMissing "file_missing" "its file was deleted meanwhile"
    FileEncrypted "file_encrypted" "the file is encrypted"
    FileEmpty "file_empty" "the file holds nothing"
    FileUnsupported "file_unsupported" "the file is of a format that is not read here"
    FileOverLimits "file_over_limits" "the file is larger, longer or slower to read than allowed"
    FileUnreadable "file_unreadable" "the file is broken, or not what its name says"
    NoText "no_text" "none of the files holds words that can be read"
    BadRules "bad_rules" "a file of rules does not follow the form of rules"
    UnknownModel "unknown_model" "no model of that name is configured"
    ModelUnavailable "model_unavailable" "the model's server does not answer, or is busy"
    ModelMisconfigured "model_misconfigured" "the model's server refuses the request: a wrong key, address or name"
    ModelRefused "model_refused" "the model will not answer the question"
    ModelTruncated "model_truncated" "the model's answer was cut off"
    ModelUnusable "model_unusable" "the model's answer has not the form that was asked for"
    Internal "internal" "a fault of the program itself"
}

impl FailureCode {
    pub fn parse(word: &str) -> Option<FailureCode> {
        FailureCode::ALL.iter().copied().find(|code| code.as_str() == word)
    }

    /// A failure of this kind.
    pub fn because(self, reason: impl Into<String>) -> Failure {
        Failure { code: self, reason: reason.into() }
    }
}

/// One failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub code: FailureCode,
    /// For people: what was being done to what, and what to do.
    pub reason: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_by_its_name() {
        for code in FailureCode::ALL {
            assert_eq!(FailureCode::parse(code.as_str()), Some(*code));
            assert_eq!(serde_json::to_value(code).expect("a word"), code.as_str());
        }
        assert_eq!(FailureCode::parse("of a later program"), None);
    }
}
