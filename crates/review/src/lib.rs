//! Facts from documents, judgements from facts.
