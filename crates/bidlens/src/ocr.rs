//! The engine of text recognition that the environment names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::anyhow;
use bidlens_app::{HttpOcr, OcrEngine, ParseLimits, Recogniser, Tesseract};
use secrecy::SecretString;

use crate::env_vars;

/// Which engine reads pages that are pictures, and how many of one file.
#[derive(Debug, Clone)]
pub(crate) struct OcrSetting {
    pub(crate) engine: OcrEngineSetting,
    pub(crate) pages_max: u32,
}

#[derive(Debug, Clone)]
pub(crate) enum OcrEngineSetting {
    None,
    Tesseract {
        path: PathBuf,
        language: String,
        /// Somebody asked for it: then it must work.
        was_named: bool,
    },
    Http {
        url: String,
        api_key: Option<SecretString>,
    },
}

impl OcrSetting {
    /// The engine, ready to be asked. A Tesseract that was not named is asked for its model when a page needs it, and
    /// done without when it lacks it.
    pub(crate) fn recogniser(&self, program: &Path, limits: &ParseLimits) -> anyhow::Result<Option<Recogniser>> {
        Ok(match &self.engine {
            OcrEngineSetting::None => None,
            OcrEngineSetting::Http { url, api_key } => {
                let service = HttpOcr::new(url.clone(), api_key.clone())?;
                Some(Recogniser::new(Arc::new(service), self.pages_max))
            }
            OcrEngineSetting::Tesseract { path, language, was_named } => {
                let (program, path, language, limits) =
                    (program.to_owned(), path.clone(), language.clone(), limits.clone());
                let find = move || Tesseract::find(program, path, &language, limits);
                Some(if *was_named {
                    let tesseract = find().map_err(|error| anyhow!("{}: {error}", env_vars::BIDLENS_OCR))?;
                    Recogniser::new(Arc::new(tesseract), self.pages_max)
                } else {
                    let found = move || find().ok().map(|tesseract| Arc::new(tesseract) as Arc<dyn OcrEngine>);
                    Recogniser::looked_for(found, self.pages_max)
                })
            }
        })
    }

    /// What reads pages that are pictures, in one line, for `doctor`.
    pub(crate) fn describe(&self, limits: &ParseLimits) -> Result<String, String> {
        match &self.engine {
            OcrEngineSetting::None => Ok(
                "not there: scanned pages stay unread; install tesseract-ocr and tesseract-ocr-chi-sim, or set BIDLENS_OCR"
                    .to_owned(),
            ),
            OcrEngineSetting::Http { .. } => Ok("a service over HTTP reads scanned pages".to_owned()),
            OcrEngineSetting::Tesseract { path, language, was_named } => {
                match Tesseract::find(PathBuf::new(), path.clone(), language, limits.clone()) {
                    Ok(tesseract) => {
                        let reads = format!("{} reads scanned pages", OcrEngine::identity(&tesseract));
                        Ok(match tesseract.tells_orientation() {
                            true => reads,
                            false => format!(
                                "{reads}; pages that lie sideways are read four times, which tesseract-ocr-osd would save"
                            ),
                        })
                    }
                    Err(error) if *was_named => Err(error.to_string()),
                    Err(error) => Ok(format!("{error}; until then scanned pages stay unread")),
                }
            }
        }
    }
}
