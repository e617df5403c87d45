//! Bytes in, a Document and its issues out: PDF, DOCX, XLSX, HTML, text.
