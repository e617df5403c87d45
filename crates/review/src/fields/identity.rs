//! Who buys what under which number: names, numbers, manner and kind of the procurement.

mod category;
mod organisation;
mod procurement_method;
mod project_name;
mod tender_no;

use crate::reading::{Reading, Zone};

use super::{Disagreement, Fields, put};

use category::category;
use organisation::{AGENCY, BUYER, organisation};
use procurement_method::procurement_method;
use project_name::project_name;
use tender_no::tender_no;

pub(super) fn read(reading: &Reading<'_>, fields: &mut Fields) {
    put(fields, "project_name", project_name(reading), Disagreement::Prefer);
    put(fields, "tender_no", tender_no(reading), Disagreement::Prefer);
    put(fields, "buyer_name", organisation(reading, &BUYER), Disagreement::Prefer);
    put(fields, "agency_name", organisation(reading, &AGENCY), Disagreement::Prefer);
    put(fields, "procurement_method", procurement_method(reading), Disagreement::Prefer);
    let category = category(reading, fields);
    put(fields, "category", category, Disagreement::Prefer);
}

/// The standing of a zone for names: where a tender introduces itself.
fn naming(zone: Zone) -> i32 {
    match zone {
        Zone::Correction => 40,
        Zone::Notice => 60,
        Zone::Cover => 57,
        Zone::FrontTable => 55,
        Zone::Requirement | Zone::Other => 35,
        Zone::Instructions => 30,
        Zone::Evaluation => 20,
        Zone::Contract => 12,
        Zone::BidForms => 4,
    }
}
