//! Invented English tenders of goods and services, and bids for them with and without defects.

use super::bid::{Pen, Written};
use super::planted::Planted::{self, *};
use super::technical;
use super::tender::{Parameter, Range, figures};
use super::word::{Block, heading, paragraph};

pub(crate) struct Call {
    name: &'static str,
    number: &'static str,
    buyer: &'static str,
    /// US dollars.
    ceiling: u64,
    validity_days: u32,
    /// The time of performance, as the tender calls it, in days.
    period: (&'static str, u32),
    warranty_months: u32,
    security: u64,
    /// Year, month, day.
    deadline: (u32, u32, u32),
    parameters: &'static [Parameter],
    ranges: &'static [Range],
    /// What has a code of protection, and the code.
    protection: Option<(&'static str, u32)>,
    items: &'static [(&'static str, u32)],
    references: u32,
    reference_min: u64,
    advance: u32,
    performance: u32,
    /// The maker's authorization is a form of the bid.
    letter: bool,
}

const fn figure(name: &'static str, at_least: bool, value: u32, unit: &'static str, mark: &'static str) -> Parameter {
    Parameter { name, at_least, value, unit, mark }
}

pub(crate) static CALLS: [Call; 3] = [
    Call {
        name: "Supply of Soil Testing Equipment for District Laboratories",
        number: "MAL/GD/2031/017",
        buyer: "Ministry of Agriculture of Lomara",
        ceiling: 480_000,
        validity_days: 120,
        period: ("Delivery period", 140),
        warranty_months: 24,
        security: 9_000,
        deadline: (2031, 8, 14),
        parameters: &[
            figure("Furnace chamber volume", true, 12, "L", "*"),
            figure("Balance readability", false, 10, "mg", "*"),
            figure("Oven power", false, 3, "kW", ""),
            figure("Battery life of the field meter", true, 10, "hours", ""),
        ],
        ranges: &[
            Range { name: "Wavelength range of the photometer", low: 340, high: 900, unit: "nm", mark: "*" },
            Range { name: "Operating temperature", low: 5, high: 45, unit: "°C", mark: "" },
        ],
        protection: Some(("Field meter", 65)),
        items: &[("Muffle furnace", 6), ("Analytical balance", 12), ("Photometer", 6), ("Field meter", 20)],
        references: 2,
        reference_min: 150_000,
        advance: 20,
        performance: 10,
        letter: true,
    },
    Call {
        name: "Procurement of Standby Generators for Regional Hospitals",
        number: "KHD-NCB-2031-44",
        buyer: "Kestrel Health Directorate",
        ceiling: 1_150_000,
        validity_days: 90,
        period: ("Delivery time", 112),
        warranty_months: 36,
        security: 20_000,
        deadline: (2031, 9, 23),
        parameters: &[
            figure("Prime power", true, 200, "kW", "*"),
            figure("Noise at 7 m", false, 75, "dB", ""),
            figure("Fuel tank capacity", true, 400, "L", "*"),
            figure("Transfer time", false, 12, "s", ""),
        ],
        ranges: &[Range { name: "Ambient temperature range", low: -10, high: 50, unit: "°C", mark: "" }],
        protection: Some(("Alternator", 23)),
        items: &[("Generator set", 5), ("Automatic transfer switch", 5), ("Fuel tank", 5), ("Commissioning", 5)],
        references: 3,
        reference_min: 300_000,
        advance: 30,
        performance: 5,
        letter: true,
    },
    Call {
        name: "Cleaning and Grounds Services for the Harbour Campus",
        number: "HC-RFP-031-2031",
        buyer: "Harbour Campus Authority",
        ceiling: 360_000,
        validity_days: 60,
        period: ("Mobilization period", 30),
        warranty_months: 0,
        security: 5_000,
        deadline: (2031, 7, 18),
        parameters: &[
            figure("Cleaning staff on site", true, 24, "persons", "*"),
            figure("Response time to urgent calls", false, 60, "min", "*"),
            figure("Inspections per month", true, 4, "times", ""),
        ],
        ranges: &[],
        protection: None,
        items: &[("Indoor cleaning", 12), ("Grounds maintenance", 12), ("Waste collection", 12)],
        references: 2,
        reference_min: 100_000,
        advance: 10,
        performance: 10,
        letter: false,
    },
];

const BIDDERS: [(&str, &str); 4] = [
    ("Altmere Instruments Ltd", "Ingrid Solberg"),
    ("Brightwater Technical Supplies Ltd", "Tomas Keller"),
    ("Corran Power Systems Inc", "Amina Diallo"),
    ("Dunmore Facility Services Ltd", "Peter Halloran"),
];
const OTHERS: [&str; 2] = ["Eastgate Trading Ltd", "Farrow Engineering Inc"];
const OTHER_BUYERS: [&str; 2] = ["Velmont Water Corporation", "Port Authority of Tessaly"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// Units with another one of the same quantity.
const OTHER_UNITS: [(&str, &str, f64); 7] = [
    ("L", "ml", 1000.0),
    ("mg", "g", 0.001),
    ("kW", "W", 1000.0),
    ("hours", "min", 60.0),
    ("s", "ms", 1000.0),
    ("min", "hours", 1.0 / 60.0),
    ("L", "m3", 0.001),
];

/// `four hundred and eighty thousand`.
fn in_words(number: u64, and: bool) -> String {
    const SMALL: [&str; 20] = [
        "",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let at = |n: u64| usize::try_from(n).unwrap_or_default();
    let joined = |head: String, rest: String, join: &str| match rest.is_empty() {
        true => head,
        false => format!("{head}{join}{rest}"),
    };
    match number {
        0..20 => SMALL[at(number)].to_owned(),
        20..100 => joined(TENS[at(number / 10)].to_owned(), in_words(number % 10, and), "-"),
        100..1_000 => {
            let join = if and { " and " } else { " " };
            joined(format!("{} hundred", SMALL[at(number / 100)]), in_words(number % 100, and), join)
        }
        1_000..1_000_000 => {
            joined(format!("{} thousand", in_words(number / 1_000, and)), in_words(number % 1_000, and), " ")
        }
        _ => joined(format!("{} million", in_words(number / 1_000_000, and)), in_words(number % 1_000_000, and), " "),
    }
}

fn written_date((year, month, day): (u32, u32, u32), style: usize) -> String {
    let name = MONTHS[(month - 1) as usize % 12];
    match style {
        0 => format!("{day} {name} {year}"),
        1 => format!("{name} {day}, {year}"),
        _ => format!("{year}-{month:02}-{day:02}"),
    }
}

impl Call {
    fn limit(parameter: &Parameter) -> String {
        let sign = if parameter.at_least { "at least" } else { "not more than" };
        format!("{} {sign} {} {}", parameter.name, parameter.value, parameter.unit)
    }

    fn span(range: &Range) -> String {
        format!("{} {} to {} {}", range.name, range.low, range.high, range.unit)
    }

    /// All demands of the specification, with their marks.
    fn demands(&self) -> Vec<String> {
        let marked = |mark: &str, text: String| if mark.is_empty() { text } else { format!("{mark} {text}") };
        let figures = self.parameters.iter().map(|p| marked(p.mark, Call::limit(p)));
        let ranges = self.ranges.iter().map(|r| marked(r.mark, Call::span(r)));
        let code = self.protection.map(|(name, code)| format!("{name} protection at least IP{code}"));
        figures.chain(ranges).chain(code).collect()
    }

    pub(crate) fn text(&self) -> Vec<Block> {
        let deadline = written_date(self.deadline, 0);
        let (period, days) = self.period;
        let mut blocks = vec![
            paragraph("BIDDING DOCUMENT"),
            paragraph(self.name),
            paragraph(format!("Bid No.: {}", self.number)),
            paragraph(format!("Purchaser: {}", self.buyer)),
            heading(1, "Section I. Invitation for Bids"),
            paragraph(format!("The {} invites sealed bids for: {}.", self.buyer, self.name)),
            paragraph(format!(
                "Bids must be delivered on or before {deadline} at 10:00 hours local time. Late bids will be rejected."
            )),
            paragraph(format!(
                "The estimated budget is USD {}. Bids that exceed the budget shall be rejected.",
                figures(self.ceiling)
            )),
            heading(1, "Section II. Bid Data Sheet"),
        ];
        let mut rows: Vec<Vec<String>> = vec![
            vec!["ITB clause".into(), "Data".into()],
            vec!["ITB 1.1".into(), format!("Name of the procurement: {}", self.name)],
            vec!["ITB 1.2".into(), format!("The Purchaser is: {}", self.buyer)],
            vec!["ITB 4.1".into(), "Joint ventures are not permitted.".into()],
            vec!["ITB 15.1".into(), format!("The bid validity period shall be {} days.", self.validity_days)],
            vec!["ITB 16.1".into(), format!("A Bid Security of USD {} shall be required.", figures(self.security))],
            vec!["ITB 20.1".into(), format!("The deadline for bid submission is: {deadline} at 10:00 hours")],
            vec!["ITB 33.1".into(), "Subcontracting: not permitted".into()],
        ];
        if self.letter {
            rows.push(vec![
                "ITB 11.1".into(),
                "The bid shall include a Manufacturer's Authorization for the equipment offered.".into(),
            ]);
        }
        blocks.push(Block::Table(rows));
        blocks.extend([
            heading(1, "Section III. Evaluation and Qualification Criteria"),
            paragraph("The contract will be awarded to the substantially responsive bid with the lowest evaluated price."),
            paragraph(format!(
                "The bidder shall have completed at least {} similar contracts of not less than USD {} each since 1 January {}.",
                self.references,
                figures(self.reference_min),
                self.deadline.0 - 4
            )),
            paragraph("The bidder shall hold a valid ISO 9001 certificate."),
            heading(1, "Section IV. Schedule of Requirements"),
            paragraph(format!("{period}: within {days} days of contract signature.")),
        ]);
        let mut rows: Vec<Vec<String>> = vec![["Item", "Description", "Quantity"].map(str::to_owned).to_vec()];
        for (at, (name, count)) in self.items.iter().enumerate() {
            rows.push(vec![(at + 1).to_string(), (*name).to_owned(), count.to_string()]);
        }
        blocks.push(Block::Table(rows));
        blocks.push(heading(1, "Section V. Technical Specifications"));
        blocks.push(paragraph(
            "Requirements marked * are mandatory; a bid that does not meet any of them shall be rejected.",
        ));
        let mut rows: Vec<Vec<String>> = vec![["No.", "Minimum requirement"].map(str::to_owned).to_vec()];
        for demand in self.demands() {
            rows.push(vec![rows.len().to_string(), demand]);
        }
        blocks.push(Block::Table(rows));
        blocks.push(heading(1, "Section VI. Special Conditions of Contract"));
        blocks.push(paragraph(format!(
            "Payment: {}% advance payment within 30 days of contract signature, the balance within 30 days of acceptance.",
            self.advance
        )));
        blocks
            .push(paragraph(format!("The Performance Security shall be {}% of the Contract Price.", self.performance)));
        if self.warranty_months > 0 {
            blocks.push(paragraph(format!(
                "The warranty period shall be {} months from acceptance.",
                self.warranty_months
            )));
        }
        blocks.push(heading(1, "Section VII. Bidding Forms"));
        for form in self.forms() {
            blocks.push(heading(2, form));
            blocks.push(paragraph("Name of Bidder: ____________  Date: ____________"));
        }
        blocks
    }

    fn forms(&self) -> Vec<&'static str> {
        let mut forms = vec![
            "Letter of Bid",
            "Price Schedule",
            "Technical Compliance Form",
            "Bid Security Form",
            "Experience Form",
        ];
        if self.letter {
            forms.push("Manufacturer's Authorization Form");
        }
        forms
    }

    pub(crate) fn is_possible(&self, defect: Planted) -> bool {
        match defect {
            WarrantyTooShort => self.warranty_months > 0,
            RangeTooNarrow => !self.ranges.is_empty(),
            ProtectionLower => self.protection.is_some(),
            LetterMissing => self.letter,
            PriceAboveCeiling
            | WordsAndFiguresDiffer
            | ItemsDoNotAddUp
            | TwoPrices
            | ValidityTooShort
            | PeriodTooLong
            | FormMissing
            | ParameterWorse
            | CertificateExpired
            | WrongNumber
            | WrongBuyer
            | OtherBidderName
            | OtherAgent
            | SignedAfterDeadline
            | PaymentDiffers
            | Subcontracts
            | BondTooSmall
            | TooLittleExperience
            | OwnCondition
            | OtherUnitWorse
            | AnswerEmpty
            | ClauseLeftOut
            | ReferenceTooOld
            | ReferenceTooSmall
            | WorkGivenAway
            | QuantityDiffers
            | ItemLeftOut => true,
            FormBlank | AnswerCopied | SentenceWorse | FirmGradeLower | PersonGradeLower | ManagerBusy
            | AdvanceAsked | DateBlank | OtherProject | OtherLegal => false,
        }
    }

    /// Five or six defects that do not hide each other.
    pub(crate) fn choose(&self, seed: u64) -> Vec<Planted> {
        super::bid::choose_of(seed, |defect| self.is_possible(defect))
    }

    pub(crate) fn write(&self, seed: u64, wanted: &[Planted]) -> Written {
        let mut pen = Pen::new(seed, wanted);
        let &(bidder, signer) = pen.dice.one(&BIDDERS);
        let style = pen.dice.below(3);
        let (year, month, day) = self.deadline;
        let signed = written_date((year, month, day - 2), style);

        let shares: u64 = self.items.iter().map(|(_, count)| u64::from(*count)).sum();
        let mut items: Vec<(u64, u64)> = Vec::new();
        for (_, count) in self.items {
            let price = self.ceiling * (70 + pen.dice.next() % 20) / 100 / shares / 10 * 10;
            items.push((price, price * u64::from(*count)));
        }
        if pen.has(PriceAboveCeiling) {
            let missing = self.ceiling + 9_000 - items.iter().map(|(_, sum)| sum).sum::<u64>();
            let count = u64::from(self.items[0].1);
            items[0].0 += missing.div_ceil(count);
            items[0].1 = items[0].0 * count;
        }
        let last = items.len() - 1;
        if pen.has(ItemLeftOut) {
            items[last].1 = 0;
            pen.plant(ItemLeftOut, self.items[last].0);
        }
        if pen.has(QuantityDiffers) {
            items[0].1 -= items[0].0;
            pen.plant(QuantityDiffers, self.items[0].0);
        }
        let total: u64 = items.iter().map(|(_, sum)| sum).sum();
        if pen.has(PriceAboveCeiling) {
            pen.plant(PriceAboveCeiling, figures(total));
        }
        let reference = if pen.has(WrongNumber) { self.number.replace("2031", "2030") } else { self.number.to_owned() };
        if pen.has(WrongNumber) {
            pen.plant(WrongNumber, reference.clone());
        }
        pen.say("BID");
        pen.say(self.name);
        pen.say(format!("Bid No.: {reference}"));
        pen.say(format!("Bidder: {bidder}"));
        self.letter_of_bid(&mut pen, bidder, signer, total, style);
        self.price_schedule(&mut pen, &items, total);
        pen.heading("Technical Compliance Form");
        self.compliance(&mut pen);
        self.papers(&mut pen, bidder, signer, style);
        pen.heading("Declaration");
        pen.say("We declare that all statements made in this bid are true.");
        pen.say(format!("Signed for {bidder}: {signer}"));
        pen.say(format!("Date: {signed}"));
        pen.done(bidder)
    }

    fn letter_of_bid(&self, pen: &mut Pen<'_>, bidder: &str, signer: &str, total: u64, style: usize) {
        let (period, days) = self.period;
        pen.heading("Letter of Bid");
        let wrong = *pen.dice.one(&OTHER_BUYERS);
        pen.say(format!("To: {}", if pen.has(WrongBuyer) { wrong } else { self.buyer }));
        if pen.has(WrongBuyer) {
            pen.plant(WrongBuyer, wrong);
        }
        let stated = if pen.has(TwoPrices) { total - 4_000 } else { total };
        if pen.has(TwoPrices) {
            pen.plant(TwoPrices, figures(stated));
        }
        let and = pen.dice.below(2) == 0;
        let said = in_words(if pen.has(WordsAndFiguresDiffer) { stated + 3_000 } else { stated }, and);
        if pen.has(WordsAndFiguresDiffer) {
            pen.plant(WordsAndFiguresDiffer, said.clone());
        }
        let amount = figures(stated);
        let sentence = match pen.dice.below(5) {
            0 => format!("The total price of our bid is USD {amount} ({said} US dollars)."),
            1 => format!(
                "We offer to perform the contract for the total price of USD {amount} (say US Dollars {said} only)."
            ),
            2 => format!("Our total bid price is {said} United States dollars (USD {amount})."),
            3 => format!("Total bid price: USD {amount} (in words: {said} US dollars only)."),
            _ => format!("The total price of our bid, all items included, is US$ {amount}, in words {said} dollars."),
        };
        pen.say(sentence);
        let validity = if pen.has(ValidityTooShort) { self.validity_days - 30 } else { self.validity_days };
        let sentence = match pen.dice.below(4) {
            0 => format!("Our bid shall be valid for {validity} days from the deadline for submission of bids."),
            1 => format!(
                "This bid remains binding upon us for a period of {validity} days after the bid submission deadline."
            ),
            2 => format!("Bid validity: {validity} days."),
            _ => format!(
                "We agree to keep this bid open for acceptance for {validity} days from the date of bid opening."
            ),
        };
        if pen.has(ValidityTooShort) {
            pen.plant(ValidityTooShort, format!("{validity} days"));
        }
        pen.say(sentence);
        let finish = if pen.has(PeriodTooLong) { days + 28 } else { days };
        let sentence = match pen.dice.below(4) {
            0 => format!("{period}: within {finish} days of contract signature."),
            1 if finish.is_multiple_of(7) => format!("{period}: {} weeks from contract signature.", finish / 7),
            2 => format!("{period}: {finish} calendar days after signing of the contract."),
            _ => format!("Our {} is {finish} days from contract signature.", period.to_lowercase()),
        };
        if pen.has(PeriodTooLong) {
            pen.plant(PeriodTooLong, sentence.clone());
        }
        pen.say(sentence);
        if self.warranty_months > 0 {
            let months = if pen.has(WarrantyTooShort) { self.warranty_months - 12 } else { self.warranty_months };
            let sentence = match pen.dice.below(4) {
                0 => format!("Warranty: {months} months from acceptance."),
                1 => format!("All goods are covered by a warranty of {months} months after acceptance."),
                2 => format!("We provide a {months}-month warranty from the date of acceptance."),
                _ => format!("The warranty period is {} years from acceptance.", months / 12),
            };
            if pen.has(WarrantyTooShort) {
                pen.plant(WarrantyTooShort, sentence.clone());
            }
            pen.say(sentence);
        }
        let advance = if pen.has(PaymentDiffers) { self.advance + 25 } else { self.advance };
        let sentence = match pen.dice.below(3) {
            0 => format!("Payment: {advance}% advance payment, the balance after acceptance."),
            1 => format!("Payment terms: {advance}% in advance upon signature, {}% on acceptance.", 100 - advance),
            _ => format!("We accept payment of {advance}% as advance payment and the balance upon acceptance."),
        };
        if pen.has(PaymentDiffers) {
            pen.plant(PaymentDiffers, sentence.clone());
        }
        pen.say(sentence);
        let share = self.performance;
        pen.say(format!(
            "If our bid is accepted, we shall provide a performance security of {share}% of the Contract Price."
        ));
        let subcontracts = *pen.dice.one(&[
            "Installation will be subcontracted to Tarn Services Ltd.",
            "We intend to use a subcontractor for part of the works.",
        ]);
        let gives_away = *pen.dice.one(&[
            "Training and maintenance will be carried out by Tarn Services Ltd on our behalf.",
            "On-site work will be performed by our local partner Tarn Services Ltd.",
        ]);
        let itself = *pen.dice.one(&[
            "We shall not subcontract any part of the contract.",
            "All work will be carried out by our own staff; no subcontractors will be engaged.",
        ]);
        let (sentence, defect) = match () {
            () if pen.has(Subcontracts) => (subcontracts, Some(Subcontracts)),
            () if pen.has(WorkGivenAway) => (gives_away, Some(WorkGivenAway)),
            () => (itself, None),
        };
        if let Some(defect) = defect {
            pen.plant(defect, sentence);
        }
        pen.say(sentence);
        let condition = *pen.dice.one(&[
            "Our prices are subject to change if the exchange rate moves by more than 5%.",
            "We reserve the right to revise our price if the order is delayed.",
            "This offer is conditional upon payment by irrevocable letter of credit.",
        ]);
        if pen.has(OwnCondition) {
            pen.plant(OwnCondition, condition);
            pen.say(condition);
        }
        let (year, month, day) = self.deadline;
        let late = pen.has(SignedAfterDeadline);
        let signed = written_date((year, month, if late { day + 3 } else { day - 2 }), style);
        if late {
            pen.plant(SignedAfterDeadline, signed.clone());
        }
        pen.say(format!("Name: {signer}"));
        pen.say(format!("Duly authorized to sign the bid for and on behalf of {bidder}"));
        pen.say(format!("Date: {signed}"));
    }

    fn price_schedule(&self, pen: &mut Pen<'_>, items: &[(u64, u64)], total: u64) {
        pen.heading("Price Schedule");
        let mut rows: Vec<Vec<String>> = vec![
            pen.dice
                .one(&[
                    ["Item", "Description", "Quantity", "Unit price (USD)", "Total price (USD)"],
                    ["No.", "Item", "Qty", "Unit price, USD", "Amount, USD"],
                    ["Item No.", "Description of goods or services", "Quantity", "Unit rate (USD)", "Total (USD)"],
                ])
                .map(str::to_owned)
                .to_vec(),
        ];
        let wrong = pen.dice.below(items.len());
        for (at, ((name, count), (price, sum))) in self.items.iter().zip(items).enumerate() {
            if pen.has(ItemLeftOut) && at + 1 == items.len() {
                continue;
            }
            let off = pen.has(ItemsDoNotAddUp) && at == wrong;
            let sum = if off { sum + 700 } else { *sum };
            if off {
                pen.plant(ItemsDoNotAddUp, figures(sum));
            }
            let count = count - u32::from(pen.has(QuantityDiffers) && at == 0);
            rows.push(vec![(at + 1).to_string(), (*name).to_owned(), count.to_string(), figures(*price), figures(sum)]);
        }
        rows.push(vec![String::new(), "Total".into(), String::new(), String::new(), figures(total)]);
        pen.blocks.push(Block::Table(rows));
    }

    fn compliance(&self, pen: &mut Pen<'_>) {
        let head = *pen.dice.one(&[
            ["No.", "Specification required", "Specification offered", "Compliance"],
            ["No.", "Requirement", "Bidder's response", "Deviation"],
            ["Item", "Purchaser's requirement", "Offered", "Remarks"],
        ]);
        let complies = *pen.dice.one(&["Yes", "Complies", "None"]);
        let manner = pen.dice.below(3);
        let mut rows: Vec<Vec<String>> = vec![head.map(str::to_owned).to_vec()];
        let mut push = |asked: &str, answer: String| {
            rows.push(vec![rows.len().to_string(), asked.to_owned(), answer, complies.to_owned()]);
        };
        let demands = self.demands();
        let convertible = |p: &Parameter| OTHER_UNITS.iter().find(|(own, ..)| *own == p.unit);
        let other_unit = self.parameters.iter().rposition(|p| convertible(p).is_some()).unwrap_or_default();
        let worse = usize::from(other_unit == 1) + 1;
        for (at, parameter) in self.parameters.iter().enumerate() {
            let is_better = pen.dice.below(2) == 0;
            let defect = match at {
                at if at == other_unit => OtherUnitWorse,
                at if at == worse => ParameterWorse,
                _ => AnswerEmpty,
            };
            let is_worse = defect != AnswerEmpty && pen.has(defect);
            let value = match (is_worse, is_better) {
                (true, _) => technical::worse(parameter),
                (false, true) => technical::better(parameter),
                (false, false) => parameter.value,
            };
            let figure = match convertible(parameter).filter(|_| at == other_unit) {
                Some((_, unit, factor)) => format!("{} {unit}", technical::number(f64::from(value) * factor)),
                None => format!("{value} {}", parameter.unit),
            };
            let mut answer = match manner {
                0 => figure,
                1 => format!("{} {figure}", parameter.name),
                _ => format!("{}: {figure}", parameter.name),
            };
            if is_worse {
                pen.plant(defect, answer.clone());
            }
            if at == 0 && pen.has(ClauseLeftOut) {
                pen.plant(ClauseLeftOut, parameter.name);
                continue;
            }
            if at == 0 && pen.has(AnswerEmpty) {
                pen.plant(AnswerEmpty, parameter.name);
                answer.clear();
            }
            push(&demands[at], answer);
        }
        for (at, range) in self.ranges.iter().enumerate() {
            let is_narrow = at == 0 && pen.has(RangeTooNarrow);
            let span = range.high - range.low;
            let (low, high) = match (is_narrow, pen.dice.below(2)) {
                (true, 0) => (range.low + span / 6, range.high),
                (true, _) => (range.low, range.high - span / 6),
                (false, 0) => (range.low - span / 20, range.high + span / 20),
                (false, _) => (range.low, range.high),
            };
            let unit = range.unit;
            let answer = match pen.dice.below(4) {
                0 => format!("{low} to {high} {unit}"),
                1 => format!("{low} – {high} {unit}"),
                2 => format!("from {low} {unit} to {high} {unit}"),
                _ => format!("{}: {low}{unit} ~ {high}{unit}", range.name),
            };
            if is_narrow {
                pen.plant(RangeTooNarrow, answer.clone());
            }
            push(&demands[self.parameters.len() + at], answer);
        }
        if let Some((name, code)) = self.protection {
            let lower = pen.has(ProtectionLower);
            let is_better = pen.dice.below(2) == 0;
            let offered = if lower { code - 1 } else { code + 2 * u32::from(is_better) };
            if lower {
                pen.plant(ProtectionLower, format!("IP{offered}"));
            }
            push(&format!("{name} protection at least IP{code}"), format!("IP{offered}"));
        }
        pen.blocks.push(Block::Table(rows));
    }

    fn papers(&self, pen: &mut Pen<'_>, bidder: &str, signer: &str, style: usize) {
        let (year, month, day) = self.deadline;
        if pen.has(FormMissing) {
            pen.plant(FormMissing, "Bid Security Form");
        } else {
            pen.heading("Bid Security Form");
        }
        let security = if pen.has(BondTooSmall) { self.security / 2 } else { self.security };
        let sentence = match pen.dice.below(3) {
            0 => format!("Bid security of USD {} is enclosed with our bid.", figures(security)),
            1 => format!(
                "We enclose a bid security in the amount of USD {} issued by Lomara Commercial Bank.",
                figures(security)
            ),
            _ => format!("Amount of the bid security: USD {}", figures(security)),
        };
        if pen.has(BondTooSmall) {
            pen.plant(BondTooSmall, figures(security));
        }
        pen.say(sentence);
        pen.heading("Experience Form");
        let count = match () {
            () if pen.has(TooLittleExperience) => self.references - 1,
            () => self.references,
        };
        let mut rows: Vec<Vec<String>> =
            vec![["No.", "Contract", "Client", "Contract value (USD)", "Date of contract"].map(str::to_owned).to_vec()];
        for at in 0..count {
            let small = at == 0 && pen.has(ReferenceTooSmall);
            let old = at == 0 && pen.has(ReferenceTooOld);
            let value =
                if small { self.reference_min * 6 / 10 } else { self.reference_min + 9_000 * u64::from(at + 1) };
            let signed = written_date((if old { year - 6 } else { year - 2 }, 3 + at, 12), style);
            if small {
                pen.plant(ReferenceTooSmall, figures(value));
            }
            if old {
                pen.plant(ReferenceTooOld, signed.clone());
            }
            let place = ["Norvale", "Ostrand", "Pelham", "Quarrin"][at as usize % 4];
            rows.push(vec![
                (at + 1).to_string(),
                format!("{place} similar contract"),
                format!("{place} District Council"),
                figures(value),
                signed,
            ]);
        }
        if pen.has(TooLittleExperience) {
            pen.plant(TooLittleExperience, self.references.to_string());
        }
        pen.blocks.push(Block::Table(rows));
        pen.heading("Qualification Documents");
        let ends = written_date((if pen.has(CertificateExpired) { year - 1 } else { year + 2 }, month, day), style);
        let sentence = match pen.dice.below(3) {
            0 => format!("ISO 9001 certificate, valid until {ends}, copy attached."),
            1 => format!("Our ISO 9001 certificate expires on {ends}."),
            _ => format!("ISO 9001 certificate No. TEST-0031, expiry date: {ends}"),
        };
        if pen.has(CertificateExpired) {
            pen.plant(CertificateExpired, ends);
        }
        pen.say(sentence);
        let other = *pen.dice.one(&OTHERS);
        let who = if pen.has(OtherBidderName) { other } else { bidder };
        if pen.has(OtherBidderName) {
            pen.plant(OtherBidderName, other);
        }
        pen.say(format!("{who} has not been suspended or debarred by any authority."));
        let power = if pen.has(OtherAgent) { "Rosalind Achebe" } else { signer };
        if pen.has(OtherAgent) {
            pen.plant(OtherAgent, power);
        }
        pen.heading("Power of Attorney");
        pen.say(format!("We hereby authorize {power} to sign the bid on behalf of {bidder}."));
        if self.letter && !pen.has(LetterMissing) {
            pen.heading("Manufacturer's Authorization Form");
            pen.say(format!("Northlake Manufacturing Ltd authorizes {bidder} to submit a bid with goods made by us."));
        }
        if pen.has(LetterMissing) {
            pen.plant(LetterMissing, "Authorization");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_written_in_words() {
        assert_eq!(in_words(481_230, false), "four hundred eighty-one thousand two hundred thirty");
        assert_eq!(in_words(1_150_016, true), "one million one hundred and fifty thousand sixteen");
    }
}
