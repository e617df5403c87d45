//! Which code names what stopped a job.

use bidlens_domain::document::{Document, IssueCode, IssueSeverity, ParseIssue};
use bidlens_jobs::{Failure, FailureCode, StoreError};
use bidlens_review::model::ModelError;
use bidlens_storage::{FileStoreError, StorageError};

use crate::error::is_full;

/// Why nothing of a file could be read; `None` when something was, or nobody knows of an error.
pub(super) fn of_file(document: &Document) -> Option<Failure> {
    let errors: Vec<&ParseIssue> =
        document.issues.iter().filter(|issue| issue.severity == IssueSeverity::Error).collect();
    if !document.blocks.is_empty() {
        return None;
    }
    // What was met first is the cause; what follows may be of a second reader.
    let code = of_issue(errors.first()?.code);
    let details: Vec<&str> = errors.iter().map(|issue| issue.detail.as_str()).collect();
    Some(code.because(format!("{}: {}", document.name, details.join("; "))))
}

fn of_issue(code: IssueCode) -> FailureCode {
    match code {
        IssueCode::Encrypted => FailureCode::FileEncrypted,
        IssueCode::Empty => FailureCode::FileEmpty,
        IssueCode::Unsupported => FailureCode::FileUnsupported,
        IssueCode::TooLarge
        | IssueCode::ExpansionLimit
        | IssueCode::TooManyPages
        | IssueCode::PartLimit
        | IssueCode::Interrupted => FailureCode::FileOverLimits,
        IssueCode::UnreadablePage | IssueCode::UnreadPicture => FailureCode::NoText,
        IssueCode::Truncated
        | IssueCode::Mislabelled
        | IssueCode::Malformed
        | IssueCode::UnreadableGlyphs
        | IssueCode::EncodingGuessed
        | IssueCode::HiddenText
        | IssueCode::TrackedChanges
        | IssueCode::UncachedFormula
        | IssueCode::UnfilledControl
        | IssueCode::OutsideContent
        | IssueCode::Recognised
        | IssueCode::SealMark
        | IssueCode::Converted
        | IssueCode::ChangedAfterSigning
        | IssueCode::PartlySigned
        | IssueCode::StruckText
        | IssueCode::UnreadFiles => FailureCode::FileUnreadable,
    }
}

pub(super) fn of_model(error: &ModelError) -> FailureCode {
    match error {
        ModelError::Unreachable(_) => FailureCode::ModelUnavailable,
        ModelError::Status { .. } if error.is_passing() => FailureCode::ModelUnavailable,
        ModelError::Status { .. } => FailureCode::ModelMisconfigured,
        ModelError::Refused(_) => FailureCode::ModelRefused,
        ModelError::CutOff => FailureCode::ModelTruncated,
        ModelError::Answer(_) => FailureCode::ModelUnusable,
    }
}

/// What went wrong outside: the stores are told apart, the rest is a fault of ours.
pub(super) fn of_outside(error: &anyhow::Error) -> FailureCode {
    if error.chain().any(is_full) {
        return FailureCode::StorageFull;
    }
    let is_away = error.downcast_ref::<StoreError>().is_some_and(StoreError::is_retryable)
        || error.downcast_ref::<StorageError>().is_some_and(StorageError::is_retryable)
        || error.downcast_ref::<FileStoreError>().is_some_and(is_store_away);
    if is_away { FailureCode::StorageUnavailable } else { FailureCode::Internal }
}

fn is_store_away(error: &FileStoreError) -> bool {
    match error {
        FileStoreError::Unreachable { .. } | FileStoreError::Remote { .. } => true,
        FileStoreError::TooLarge { .. }
        | FileStoreError::Full
        | FileStoreError::Io { .. }
        | FileStoreError::NoBucket { .. }
        | FileStoreError::Denied { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parser::unread;

    #[test]
    fn a_file_fails_with_what_was_met_first() {
        let mut document = unread("a.pdf", "ab", IssueCode::Encrypted, "it wants a password");
        let second = ParseIssue {
            code: IssueCode::Interrupted,
            severity: IssueSeverity::Error,
            page: None,
            detail: "no other reader could".to_owned(),
        };
        document.issues.push(second);
        let expected = FailureCode::FileEncrypted.because("a.pdf: it wants a password; no other reader could");
        assert_eq!(of_file(&document), Some(expected));
        document.issues.clear();
        assert_eq!(of_file(&document), None);
    }

    #[test]
    fn a_store_that_is_away_is_told_from_a_fault() {
        let away = FileStoreError::Unreachable { doing: "read", endpoint: "http://s3".to_owned() };
        let away = anyhow::Error::new(away).context("read a.pdf");
        assert_eq!(of_outside(&away), FailureCode::StorageUnavailable);
        let full = anyhow::Error::new(FileStoreError::Full).context("keep a.pdf");
        assert_eq!(of_outside(&full), FailureCode::StorageFull);
        assert_eq!(of_outside(&anyhow::anyhow!("the parser said nothing")), FailureCode::Internal);
    }

    #[test]
    fn what_a_model_does_not_do_has_a_code() {
        let status = |status| ModelError::Status { status, hint: String::new() };
        assert_eq!(of_model(&status(429)), FailureCode::ModelUnavailable);
        assert_eq!(of_model(&status(401)), FailureCode::ModelMisconfigured);
        assert_eq!(of_model(&ModelError::CutOff), FailureCode::ModelTruncated);
        assert_eq!(of_model(&ModelError::Refused("no".to_owned())), FailureCode::ModelRefused);
    }
}
