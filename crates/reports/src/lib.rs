//! What people read: HTML, DOCX, XLSX and JSON reports of a review.
