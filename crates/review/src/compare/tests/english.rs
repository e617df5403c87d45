//! Lines of English bids: what breaks a demand of the tender is seen, what only sounds like it is not.

use bidlens_domain::finding::{FindingState, Verdict};

use super::findings;

const TENDER: &str = "# Request for Tenders\n\nRFT No.: OHB/2027/31\n\nOrrin Harbour Board\n\n\
    Purchaser: Orrin Harbour Board\n\nDredging survey and buoy maintenance services\n\n\
    Closing date for receipt of tenders: 9 April 2027 at 12:00\n\n# 1. Conditions\n\n\
    Tenders shall remain valid for 120 days from the closing date.\n\n\
    The bid security shall be valid for 28 days beyond the validity of the tender.\n\n\
    Prices shall be fixed for the whole contract.\n\n\
    Sub-contracted work shall not exceed 25% of the contract value.\n\n\
    The Board pays valid invoices within 30 days of receipt. No advance payment will be made.\n\n\
    # 2. Requirements\n\n\
    The control room shall be staffed from 06:00 to 22:00.\n\n\
    In the case of a drifting buoy the crew shall be on site within 90 minutes of the call.\n\n\
    The survey accuracy report shall be submitted within 5 days of each survey.\n\n\
    Mooring blocks shall be of concrete not lower than C35.\n\n\
    The bidder shall hold public liability insurance of at least £10 million.\n\n\
    The bidder shall be registered as a marine contractor of Class B or above.\n\n\
    The bidder shall hold a valid Harbour Works Safety certificate.\n\n\
    The certificate of confirmation of directors shall be issued not earlier than 1 January 2027.\n\n\
    The supplier must train no fewer than 120 champions over at least 15 sessions.\n\n\
    Mobilisation must be completed within 14 days of the award.\n\n\
    Recovery time objective: maximum 6 hours.\n\n\
    The bidder shall submit a solvency certificate issued not earlier than 1 January 2027.\n\n\
    | Position | Number | Minimum experience |\n|---|---|---|\n| Survey master | 1 | 8 years |\n| Deckhand | 6 | 2 years |\n\n\
    # 3. Bid forms\n\n## Form 1 Letter of Tender\n\n## Form 2 Declaration of Interests\n";

fn bid_with(line: &str) -> String {
    format!(
        "RFT No.: OHB/2027/31\n\nTenderer: Skerry Marine Services Ltd\n\n# Letter of Tender\n\nTo: Orrin Harbour Board\n\n\
         Date: 6 April 2027\n\nOur tender is valid for 150 days from the closing date.\n\n{line}\n\n\
         # Declaration of Interests\n\nWe have no interests to declare.\n"
    )
}

/// The judged risks and fails of a bid with a line, by their checks, that the same bid without it has not.
fn found(line: &str) -> Vec<String> {
    let told = |line: &str| -> Vec<(String, String)> {
        let all = findings(TENDER, &bid_with(line)).into_iter();
        let judged = all.filter(|f| f.verdict() != Verdict::Pass && f.state() == FindingState::Judged);
        judged.map(|f| (f.rule_id.clone(), f.remark.clone())).collect()
    };
    let usual = told("");
    let new: Vec<_> = told(line).into_iter().filter(|f| !usual.contains(f)).collect();
    new.into_iter().map(|(rule, _)| rule).collect()
}

#[test]
fn a_line_that_breaks_a_demand_is_seen() {
    let hits = [
        ("B005", "The offer remains open for acceptance until 30 June 2027."),
        ("B020", "Bid security: bank guarantee No. 0000, valid until 20 August 2027."),
        ("B022", "Our rates will be revised each January by the Consumer Price Index."),
        ("B022", "Our general conditions of sale apply and take precedence over those of the Board."),
        ("B019", "Diving is sub-contracted to Kelp Divers Ltd for 40% of the contract value."),
        ("B018", "Invoices are payable within fourteen days of receipt."),
        ("B018", "A deposit of 20% is due on signature."),
        ("B010", "The control room is staffed from 08:00 to 20:00."),
        ("B010", "When a buoy is drifting the crew will be on site within two and a half hours of the call."),
        ("B010", "Mooring blocks are cast of C25 concrete."),
        ("B010", "The survey accuracy report is submitted within ten days of each survey."),
        ("B012", "We hold public liability insurance of £5 million."),
        ("B012", "We are registered as a marine contractor of Class C."),
        ("B012", "We are working towards the Harbour Works Safety certificate."),
        ("B012", "The solvency certificate of Firth Bank was issued on 3 November 2026."),
        ("B021", "Four deckhands sail with every vessel."),
        ("B021", "| Position | Name | Experience |\n|---|---|---|\n| Survey master | Iain Rendall | 5 years |"),
        ("B014", "Tarn Valley Harbour Board will be told of every survey beforehand."),
        ("B013", "This offer is made for the Tarn Valley Flood Relief Project."),
        (
            "B003",
            "| Item | Description | Quantity | Rate (£) | Amount (£) |\n|---|---|---|---|---|\n| 1 | Survey day | 20 | 900.00 | 18,000.00 |\n| 2 | Buoy service | 12 | 400.00 | 4,800.00 |\n| 3 | Chain | 30 | | |",
        ),
    ];
    let missed: Vec<_> = hits.iter().filter(|(rule, line)| !found(line).iter().any(|f| f == rule)).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn a_line_that_keeps_its_demand_is_not() {
    let misses = [
        "The offer remains open for acceptance until 30 September 2027.",
        "Bid security: bank guarantee No. 0000, valid until 30 September 2027.",
        "Our rates will not be revised during the contract.",
        "Diving is sub-contracted to Kelp Divers Ltd for 10% of the contract value.",
        "We accept payment of invoices within 30 days of receipt and ask for no advance payment.",
        "The control room is staffed from 05:30 to 23:00.",
        "In the case of a drifting buoy the crew will be on site within an hour and at the latest within 80 minutes of the call.",
        "For our client on the outer isles a response time of six hours was agreed.",
        "Mooring blocks are cast of C40 concrete.",
        "We hold public liability insurance of £12m.",
        "We are registered as a marine contractor of Class A.",
        "The Harbour Works Safety certificate is valid until 1 May 2029.",
        "The solvency certificate of Firth Bank was issued on 3 March 2027.",
        "The certificate of confirmation of directors is dated 12 February 2027.",
        "The recovery time objective is 5 hours.",
        "Our mobilization period is 10 days from the award.",
        "Eight deckhands sail with every vessel.",
        "| Position | Name | Experience |\n|---|---|---|\n| Survey master | Iain Rendall | 15 years |",
        "In 2024 we completed the surveys of the Tarn Valley Flood Relief Project.",
    ];
    let told: Vec<_> = misses.iter().map(|line| (line, found(line))).filter(|(_, found)| !found.is_empty()).collect();
    assert!(told.is_empty(), "{told:#?}");
}
