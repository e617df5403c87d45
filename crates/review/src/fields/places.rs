//! Where: opening, submission, delivery.

use std::ops::Range;
use std::sync::LazyLock;

use bidlens_domain::field::{FieldStatus, FieldValue};
use bidlens_domain::fold::is_western;
use regex::Regex;

use crate::grammar::{dates, durations};
use crate::reading::{Form, Pair, Reading, Zone};

use super::{Candidate, Disagreement, Fields, deal_standing, is_blank, is_reference, put, standing};

const OPENING: &[&str] = &[
    "开标地点",
    "开启地点",
    "开标地址",
    "响应文件开启地点",
    "递交及评审地点",
    "递交及协商地点",
    "递交及磋商地点",
    "递交及谈判地点",
    "递交及开启地点",
    "磋商地点",
    "谈判地点",
    "协商地点",
    "首次响应文件开启地点",
    "开标时间和地点",
    "开标时间及地点",
    "开标时间、地点",
    "开标地点及方式",
    "开标会议地点",
    "开标场所",
    "评审地点",
    "place of opening",
    "venue of opening",
];
const SUBMISSION: &[&str] = &[
    "投标地点",
    "递交地点",
    "提交地点",
    "投标文件递交地点",
    "投标文件提交地点",
    "递交投标文件地点",
    "提交投标文件地点",
    "递交投标文件的地点",
    "提交投标文件的地点",
    "投标文件的递交地点",
    "响应文件递交地点",
    "响应文件提交地点",
    "递交响应文件地点",
    "提交响应文件地点",
    "投标网址",
    "投标文件递交地址",
    "递交地址",
    "投标文件接收地点",
    "递交方式",
    "投标文件上传地点",
    "投标文件递交网址",
    "递交网址",
    "投标文件递交方式",
    "现场递交地点",
    "现场递交地址",
    "address for submission",
    "submission portal",
    "submission address",
    "bid documents delivery address",
    "bid delivery address",
    "deliver bids to",
    "submit bids to",
    "mail or deliver bids to",
    "mail bids to",
    "send bids to",
    "submit proposals to",
    "submit tenders to",
    "return tenders to",
    "place of submission",
    "mode of submission",
    "lodgement",
    "tender lodgement",
    "lodgement of tenders",
    "method of lodgement",
    "mode of tendering",
    "mode of bidding",
    "method of submission",
    "submission method",
    "submission",
    "bid submission",
    "tender submission",
];
const DELIVERY: &[&str] = &[
    "交货地点",
    "服务地点",
    "建设地点",
    "项目地点",
    "施工地点",
    "供货地点",
    "履约地点",
    "履行地点",
    "实施地点",
    "交付地点",
    "工程地点",
    "项目实施地点",
    "项目所在地",
    "合同履行地点",
    "安装地点",
    "送货地点",
    "配送地点",
    "供应地点",
    "交货地",
    "送货地址",
    "delivery point",
    "point of delivery",
    "installation sites",
    "installation site",
    "服务实施地点",
    "交货地址",
    "项目建设地点",
    "履约地点及方式",
    "工程建设地点",
    "项目位置",
    "施工地址",
    "到货地点",
    "标的提供的地点",
    "place of delivery",
    "final destination",
    "place of final destination",
    "project site",
    "named place of destination",
    "project location",
    "site address",
    "work site",
    "delivery address",
    "place of performance",
    "delivery location",
    "consignee",
    "place of work",
    "work location",
    "location of work",
    "delivery place",
    "location",
    "site location",
    "site",
    "location of contract",
    "location of the contract",
    "contract location",
    "location of works",
    "location of the works",
    "location of service",
    "location of services",
    "service location",
    "place of service",
    "place of services",
    "place of execution",
    "duty station",
    "ship to",
    "deliver to",
    "location of the assignment",
    "location of assignment",
    "location of the project",
    "project address",
];

pub(super) fn read(reading: &Reading<'_>, fields: &mut Fields) {
    let mut opening = Vec::new();
    let mut submission = Vec::new();
    let mut delivery = Vec::new();
    for pair in &reading.pairs {
        let zone = reading.zone(pair.unit);
        if zone == Zone::BidForms {
            continue;
        }
        let label = pair.label.as_str();
        // 地点 says of what only by its row, the line above or the heading.
        let bare = matches!(label, "地点" | "地址" | "会议地点" | "具体地点" | "venue" | "place");
        let about: String = if bare {
            let mut about = pair.context.clone();
            about.push_str(reading.heading(pair.unit));
            // What stands before it in the same line speaks of the same.
            let head = pair.label_start.and_then(|at| reading.unit(pair.unit)?.text.get(..at)).unwrap_or_default();
            let head = head.rsplit(['\n', '。']).next().unwrap_or_default();
            let skip = head.chars().count().saturating_sub(70);
            about.extend(head.chars().skip(skip));
            about
        } else {
            label.to_owned()
        };
        if bare && about.chars().count() > 110 || is_contact(label, &about) {
            continue;
        }
        let is = |labels: &[&str]| labels.contains(&label);
        let head = pair.label_start.and_then(|at| reading.unit(pair.unit)?.text.get(..at)).unwrap_or_default();
        let of_opening = bare && ["开标", "开启"].iter().any(|w| head.contains(w));
        let english = label.is_ascii()
            && ["place", "venue", "address"].iter().any(|w| label.contains(w))
            && !label.contains("addressed");
        // For Bid submission purposes only, the Purchaser's address is: …
        let line = head.rsplit('\n').next().unwrap_or_default().to_lowercase();
        let said = |word: &str| {
            let row = bare && about.to_lowercase().contains(word);
            english && (label.contains(word) || line.len() <= 90 && line.contains(word) || row)
        };
        let opens = is(OPENING)
            || said("opening")
            || has_all(&about, "地点", &["开标", "开启", "磋商", "谈判"])
            || bare
                && label == "地点"
                && ["开标", "开启", "磋商时间", "谈判时间", "遴选会", "遴选时间"].iter().any(|w| about.contains(w));
        let joint = (label.contains("地点") || bare)
            && ["投标及开标", "投标、开标", "投标和开标", "投标与开标"].iter().any(|w| about.contains(w));
        let submits = is(SUBMISSION)
            || joint
            || said("submission") && !said("clarification")
            || label.ends_with("mode of submission")
            || label.ends_with("submitted electronically to")
            || label.ends_with("submitted online to")
            || has_all(&about, "地点", &["投标文件", "响应文件", "递交", "提交"])
            || bare && label == "地点" && !of_opening && ["递交", "提交", "投标截止"].iter().any(|w| about.contains(w));
        let delivers = is(DELIVERY)
            || label.is_ascii()
                && label.contains("delivery")
                && !["bid", "tender", "proposal", "quotation"].iter().any(|w| label.contains(w))
                && (label.contains("address") || label.contains("location"))
            || label.chars().count() <= 16
                && ["交货地点", "服务地点", "建设地点", "施工地点", "履约地点", "履行地点", "交付地点", "实施地点"]
                    .iter()
                    .any(|w| label.contains(w));
        if !(opens || submits || delivers) || about.contains("获取") || about.contains("踏勘") || about.contains("退还")
        {
            continue;
        }
        let exact = is(OPENING) || is(SUBMISSION) || is(DELIVERY);
        let bonus = if exact { 8 } else { 2 }
            - if pair.form == Form::Below { 6 } else { 0 }
            - if label == "递交方式" || label == "投标文件递交方式" { 4 } else { 0 }
            // How something is sent says where only when nothing else does.
            - if label.is_ascii() && (label.contains("method") || label.contains("mode of ") || label.ends_with("submission")) { 36 } else { 0 };
        // 网上开标 under a heading of both is where bids are opened.
        let value = reading.text(pair.unit, &pair.value).trim_start();
        let online = ["网上开标", "线上开标", "远程开标"].iter().any(|w| value.starts_with(w));
        let submits = submits && !(online && about.contains("开标"));
        for (wanted, slot, rank) in [
            (opens, &mut opening, standing(zone)),
            (submits, &mut submission, standing(zone)),
            (delivers, &mut delivery, deal_standing(zone)),
        ] {
            if wanted {
                slot.extend(place(reading, pair, rank + bonus));
            }
        }
    }
    behind_times(reading, &mut opening, &mut submission);
    submission.extend(address_below(reading));
    delivery.extend(reading.pairs.iter().filter_map(|pair| behind_period(reading, pair)));
    opening.extend(reading.pairs.iter().filter_map(|pair| opened_by(reading, pair)));
    with_periods(reading, &mut delivery);
    columns(reading, &mut delivery);
    sentences(reading, &mut opening, &mut submission, &mut delivery);
    put(fields, "opening_place", opening, Disagreement::Prefer);
    put(fields, "bid_place", submission, Disagreement::Prefer);
    same_place(
        reading,
        fields,
        "opening_place",
        "bid_place",
        &["开标", "开启", "磋商", "谈判"],
        &["同投标", "同递交", "同提交", "同响应文件", "地点同上", "在同一地点"],
    );
    same_place(
        reading,
        fields,
        "bid_place",
        "opening_place",
        &["递交", "提交", "投标地点"],
        &["同开标", "同谈判", "同磋商", "同开启", "同评审", "送达开标地点", "递交至开标地点", "送至开标地点"],
    );
    put(fields, "place", delivery, Disagreement::Prefer);
}

/// `开标：2026年6月2日14:30，行政楼三楼会议室`: the place stands behind the time.
fn behind_times(reading: &Reading<'_>, opening: &mut Vec<Candidate>, submission: &mut Vec<Candidate>) {
    const ROOMS: &[&str] = &["室", "厅", "楼", "中心", "大厦", "办公室", "大厅", "平台", "招标办", "层", "号", "系统"];
    for pair in &reading.pairs {
        let opens = matches!(pair.label.as_str(), "开标" | "开标时间" | "开启" | "开启时间" | "开标会");
        let submits =
            matches!(pair.label.as_str(), "递交截止" | "投标截止" | "投标截止时间" | "递交截止时间" | "递交时间");
        let zone = reading.zone(pair.unit);
        if !(opens || submits) || zone == Zone::BidForms {
            continue;
        }
        let line = reading.until(pair.unit, &pair.value, &['\n', ';', '。']);
        let behind = reading.tidy(pair.unit, &after_time(reading, pair.unit, &line));
        let value = reading.tidy(pair.unit, &reading.until(pair.unit, &behind, &[',']));
        // …平台线上开启: where and how.
        let manner = ["线上开启", "在线开启", "线上开标", "在线开标"];
        let own = reading.text(pair.unit, &value);
        let named = manner.iter().find_map(|w| own.strip_suffix(w)).map_or(own.len(), str::len);
        let value = value.start..value.start + named;
        let text = reading.text(pair.unit, &value);
        let timed = value.start > line.start && dates::find(text).is_empty();
        let is_place = ROOMS.iter().any(|w| text.ends_with(w)) && (4..=60).contains(&text.chars().count());
        let deed = ["开标", "上传", "递交", "提交"].iter().any(|w| text.contains(w));
        if timed && is_place && !deed && !text.contains([',', ':']) {
            let quote = reading.pair_quote(pair, &value);
            let slot = if opens { &mut *opening } else { &mut *submission };
            slot.extend(reading.text_candidate(pair.unit, quote, value, standing(zone) - 4));
        }
    }
}

/// `开标方式：在线开标（云采平台开标大厅）`: the manner names the hall.
fn opened_by(reading: &Reading<'_>, pair: &Pair) -> Option<Candidate> {
    let zone = reading.zone(pair.unit);
    if !matches!(pair.label.as_str(), "开标方式" | "开启方式") || zone == Zone::BidForms {
        return None;
    }
    let value = reading.tidy_until(pair.unit, &pair.value, &['\n', ';', '。', ',']);
    let text = reading.text(pair.unit, &value);
    let names = ["大厅", "平台", "系统"].iter().any(|w| text.contains(w)) && (6..=50).contains(&text.chars().count());
    (names && !is_reference(text) && !is_blank(text))
        .then(|| reading.text_candidate(pair.unit, reading.pair_quote(pair, &value), value, standing(zone) - 10))?
}

/// `Delivery: within 8 weeks to the Stores Yard, Quay Lane`: the place stands behind the period.
fn behind_period(reading: &Reading<'_>, pair: &Pair) -> Option<Candidate> {
    static THERE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:to|at) (?:the )?([A-Z][^.;\n]{3,120})|\b(?:DAP|DDP|DPU|CIP|CPT|CIF|FOB|FCA),? (?:to |at )?([A-Z][^.;\n(]{3,100})").expect("a regular expression")
    });
    const LABELS: &[&str] =
        &["delivery", "delivery period", "delivery time", "time of delivery", "delivery terms", "incoterms"];
    let zone = reading.zone(pair.unit);
    let text = reading.text(pair.unit, &pair.value);
    let told = LABELS.contains(&pair.label.as_str()) && is_western(text) && zone != Zone::BidForms;
    let found = told.then(|| THERE.captures(text).and_then(|found| found.get(1).or_else(|| found.get(2))))??;
    let value = pair.value.start + found.start()..pair.value.start + found.end();
    let quote = reading.pair_quote(pair, &value);
    reading.text_candidate(pair.unit, quote, reading.tidy(pair.unit, &value), deal_standing(zone) - 6)
}

/// `Quotations shall be delivered to the address below:`, and under it the address.
fn address_below(reading: &Reading<'_>) -> Option<Candidate> {
    static POINTS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:bids?|tenders?|proposals?|quotations?|quotes?|offers?)\b[^;]{0,220}?\b(?:the|this) (?:following address|address (?:given |indicated |stated |mentioned )?below)\b[^.;:0-9]{0,60}(?::|$)")
            .expect("a regular expression")
    });
    /// Characters of an address.
    const CHARS: std::ops::RangeInclusive<usize> = 12..=220;
    reading.units.iter().enumerate().find_map(|(index, unit)| {
        let pointing = unit.cell.is_none() && !matches!(unit.zone, Zone::BidForms | Zone::Contract);
        if !pointing || !reading.is_english() || is_about_questions(&unit.text) {
            return None;
        }
        let pointer = POINTS.find_iter(&unit.text).last()?;
        let rest = reading.tidy(index, &before_contact(reading, index, &(pointer.end()..unit.text.len())));
        let own = !reading.text(index, &rest).is_empty();
        let lines = if own { vec![(index, rest)] } else { lines_of_address(reading, index + 1) };
        let (first, range) = lines.first()?.clone();
        let words: Vec<String> = lines.iter().map(|(unit, range)| reading.words(*unit, range)).collect();
        let address = words.join(", ");
        let addressed = address.contains(',') && CHARS.contains(&address.chars().count());
        let sentence = address.split(". ").count() > 3;
        let rank = standing(unit.zone) - 12;
        (addressed && !sentence)
            .then(|| reading.candidate(first, range.clone(), range, FieldValue::Text(address), rank))?
    })
}

/// The short lines from a unit on that are an address, one a paragraph or all in one.
fn lines_of_address(reading: &Reading<'_>, from: usize) -> Vec<(usize, Range<usize>)> {
    const LINES: usize = 6;
    const LINE_CHARS: usize = 90;
    let mut lines = Vec::new();
    for index in from..from + LINES {
        let Some(unit) = reading.unit(index).filter(|unit| unit.cell.is_none() && !unit.is_heading) else { break };
        let value = reading.tidy(index, &before_contact(reading, index, &(0..unit.text.len())));
        let text = reading.text(index, &value);
        let lower = text.to_lowercase();
        let whole = lines.is_empty();
        let sentence =
            [" shall ", " must ", " will ", " may ", " is ", " are "].iter().any(|verb| lower.contains(verb));
        let long = text.chars().count() > if whole { 3 * LINE_CHARS } else { LINE_CHARS };
        if text.is_empty() || is_contact_line(&lower) || sentence || long {
            break;
        }
        let alone = text.contains('\n') || text.matches(',').count() >= 3;
        lines.push((index, value));
        if whole && alone {
            break;
        }
    }
    lines
}

fn is_contact_line(lower: &str) -> bool {
    const CONTACTS: &[&str] =
        &["tel", "phone", "fax", "e-mail", "email", "attn", "attention", "mr ", "mr.", "ms ", "ms.", "mrs", "website"];
    CONTACTS.iter().any(|word| lower.starts_with(word))
}

/// An address without whom to ask there: the lines from a person, a telephone or a mailbox on.
fn before_contact(reading: &Reading<'_>, unit: usize, value: &Range<usize>) -> Range<usize> {
    let text = reading.text(unit, value);
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        if from > 0 && is_contact_line(&line.trim().to_lowercase()) {
            return value.start..value.start + from;
        }
        from += line.len();
    }
    value.clone()
}

/// `服务期限及地点：合同签订后3个月内完成；江城市血站`: the part that states no time is the place.
fn with_periods(reading: &Reading<'_>, delivery: &mut Vec<Candidate>) {
    for pair in &reading.pairs {
        let label = pair.label.as_str();
        let joint = label.ends_with("地点")
            && label.contains(['期', '间'])
            && ["服务", "交货", "供货", "施工", "实施", "履约", "交付"].iter().any(|w| label.contains(w));
        let zone = reading.zone(pair.unit);
        if !joint || zone == Zone::BidForms || label.chars().count() > 14 {
            continue;
        }
        let text = reading.text(pair.unit, &pair.value);
        let mut from = 0;
        for part in text.split([';', '\n', '。']) {
            let at = pair.value.start + from;
            from += part.len() + text.get(from + part.len()..).and_then(|t| t.chars().next()).map_or(0, char::len_utf8);
            let named = part.find("地点:").map_or(0, |n| n + "地点:".len());
            let value = reading.tidy(pair.unit, &(at + named..at + part.len()));
            let own = reading.text(pair.unit, &value);
            let timed = !durations::find(own).is_empty() || !dates::find(own).is_empty();
            if timed || is_reference(own) || is_blank(own) || !(3..=60).contains(&own.chars().count()) {
                continue;
            }
            let quote = reading.pair_quote(pair, &value);
            delivery.extend(reading.text_candidate(pair.unit, quote, value, deal_standing(zone) - 4));
        }
    }
}

/// `开标地点：同投标文件递交地点` takes the other place.
fn same_place(reading: &Reading<'_>, fields: &mut Fields, key: &str, from: &str, about: &[&str], same: &[&str]) {
    if fields.get(key).is_some_and(|f| f.found().is_some()) {
        return;
    }
    let Some(value) = fields.get(from).and_then(|f| f.found()).cloned() else {
        return;
    };
    let candidate = reading.clauses.iter().find_map(|clause| {
        if matches!(reading.zone(clause.unit), Zone::BidForms | Zone::Contract) {
            return None;
        }
        let text = reading.text(clause.unit, &clause.range);
        let context = reading.context(clause.unit);
        let says = text.contains("地点") && same.iter().any(|w| text.contains(w)) && text.chars().count() <= 60;
        if !says || !about.iter().any(|w| text.contains(w) || context.contains(w)) {
            return None;
        }
        reading.candidate(
            clause.unit,
            clause.range.clone(),
            clause.range.clone(),
            value.clone(),
            standing(reading.zone(clause.unit)),
        )
    });
    put(fields, key, candidate.into_iter().collect(), Disagreement::Prefer);
}

fn has_all(text: &str, first: &str, any: &[&str]) -> bool {
    text.contains(first) && text.chars().count() <= 30 && any.iter().any(|w| text.contains(w))
}

fn is_contact(label: &str, about: &str) -> bool {
    label == "地址" && !about.contains("递交") && !about.contains("提交") && !about.contains("开标")
        || ["联系", "信息", "质疑", "投诉"].iter().any(|w| about.contains(w))
}

fn place(reading: &Reading<'_>, pair: &Pair, rank: i32) -> Option<Candidate> {
    let value = after_time(reading, pair.unit, &pair.value);
    // An English address runs over several lines of its cell.
    let stops: &[char] = match is_western(reading.text(pair.unit, &value)) {
        // Block 4; 12 Mill Road; Harrow
        true if pair.label.contains("address") => &[],
        true => &[';'],
        false => &['\n', ';', '。'],
    };
    let value = reading.until(pair.unit, &value, stops);
    let value = before_date_label(reading, pair.unit, &value);
    let value = before_bidders(reading, pair.unit, &before_deed(reading, pair.unit, &value));
    let value = reading.tidy(pair.unit, &value);
    let value = gone_through(reading.text(pair.unit, &value))
        .map_or(value.clone(), |name| value.start + name.start..value.start + name.end);
    let text = reading.text(pair.unit, &value);
    let quote = reading.pair_quote(pair, &value);
    if is_reference(text) {
        return reading.stated(pair.unit, quote, FieldStatus::RefersElsewhere, 1);
    }
    let same = text.starts_with('同')
        && text.chars().count() <= 24
        && ["地点", "地址", "上", "前", "公告"].iter().any(|w| text.contains(w));
    // 投标文件须在截止时间前送达开标地点 names no place, nor does the head of a question.
    let empty = text.contains("送达开标地点") || text.ends_with('?') || text.to_lowercase().starts_with("date and");
    // 投标截止时间及地点: the sentence below the heading tells the time; 本条不适用 tells nothing.
    let empty = empty || text.contains("截止时间") || text.ends_with("不适用");
    // 开标时间和地点 with 时间 in the line below: the next label is no place.
    let empty = empty || matches!(text, "时间" | "地点" | "方式" | "日期");
    if same
        || empty
        || text.contains("递交至开标地点")
        || text.starts_with("同开标")
        || text.starts_with("同投标")
        || text.starts_with("同上")
        || text.contains("北京时间")
        || text.chars().count() < 2
        || text.chars().count() > 160
        || is_blank(text)
        || super::is_none(text)
    {
        return None;
    }
    reading.text_candidate(pair.unit, quote, value, rank)
}

/// `…交易中心公开开标`: what is done there is no part of the place.
fn before_deed(reading: &Reading<'_>, unit: usize, value: &Range<usize>) -> Range<usize> {
    let text = reading.text(unit, value);
    let deed = ["公开开标", "进行开标", "举行开标", "举行", "公开开启"].iter().filter_map(|w| text.find(w)).min();
    let end = deed.filter(|at| text.get(..*at).is_some_and(|t| t.chars().count() >= 4)).unwrap_or(text.len());
    value.start..value.start + end
}

/// `本项目通过“云采平台”实行在线投标`: a sentence in the place's stead names the platform.
fn gone_through(text: &str) -> Option<Range<usize>> {
    let sentence = ["本项目", "本次", "通过"].iter().any(|w| text.starts_with(w)) && text.contains("通过");
    sentence.then(|| platform(text)).flatten()
}

/// `…开标厅，投标人代表应准时参加`: what bidders shall do there is no part of the place.
fn before_bidders(reading: &Reading<'_>, unit: usize, value: &Range<usize>) -> Range<usize> {
    const PARTIES: &[&str] =
        &["投标人", "供应商", "响应人", "申请人", "各投标", "各供应", "请携", "请准时", "届时", "逾期", "法定代表人"];
    let text = reading.text(unit, value);
    let end = text.match_indices(',').map(|(at, _)| at).find(|at| {
        let rest = text.get(at + 1..).unwrap_or_default().trim_start();
        PARTIES.iter().any(|party| rest.starts_with(party))
    });
    value.start..value.start + end.unwrap_or(text.len())
}

/// `…, Harbour Road Date: 24 February 2026`: the place ends where the date begins.
fn before_date_label(reading: &Reading<'_>, unit: usize, value: &Range<usize>) -> Range<usize> {
    let text = reading.text(unit, value);
    let marks = [
        " Date:",
        " Time:",
        " Tel:",
        " Date and",
        "\nDate",
        "\nTel",
        "\nPhone",
        " Phone:",
        "\nFax",
        "\nEmail",
        "\nE-mail",
        "\nSealed",
        "\nAttention",
        "\nFor Attention",
        " For Attention:",
    ];
    let marked = marks.iter().filter_map(|w| text.find(w));
    // … on Thursday 4 May, and not the Centre on Ageing.
    let dated = text.match_indices(" on ").map(|(at, _)| at).find(|at| {
        let next = text.get(at + " on ".len()..).and_then(|t| t.split([' ', ',']).next()).unwrap_or_default();
        next.starts_with(|c: char| c.is_ascii_digit())
            || next.ends_with("day")
            || next == "the"
            || dates::is_month(next)
    });
    let end = marked.chain(dated).min().unwrap_or(text.len());
    // `…, Port Lysander. The deadline …`: a sentence of its own follows.
    let sentence = text.match_indices(". ").map(|(at, _)| at).find(|&at| {
        let word = text.get(..at).and_then(|t| t.rsplit([' ', ',']).next()).unwrap_or_default();
        word.len() > 3 && text.get(at + 2..).is_some_and(|t| t.starts_with(|c: char| c.is_ascii_uppercase()))
    });
    let end = sentence.map_or(end, |at| at.min(end));
    if is_western(text) && end > 3 { value.start..value.start + end } else { value.clone() }
}

/// What follows the time in `2025年1月15日9时，江城市…开标室` or `同投标截止时间，…开标室`, and a label of its own there.
fn after_time(reading: &Reading<'_>, unit: usize, value: &Range<usize>) -> Range<usize> {
    const SAME_CHARS: usize = 20;
    let text = reading.text(unit, value);
    let same = text.split_once(',').filter(|(head, _)| {
        head.starts_with(['同', '与']) && head.contains("时间") && head.chars().count() <= SAME_CHARS
    });
    let mut start = same.map_or(0, |(head, _)| head.len() + 1);
    let stamps = dates::find(text);
    if let Some(stamp) = stamps.first()
        && text.get(..stamp.range.start).is_some_and(|t| t.chars().count() <= 12)
    {
        // 9时0分至9时30分: the place follows the period's end.
        let second = stamps.get(1).filter(|s| text.get(stamp.range.end..s.range.start).is_some_and(|gap| gap == "至"));
        start = second.unwrap_or(stamp).range.end;
        let rest = text.get(start..).unwrap_or_default();
        let rest = rest.strip_prefix("(北京时间)").unwrap_or(rest).trim_start_matches(',');
        start = text.len() - rest.len();
    }
    for lead in ["地点:", "地址:", "地点为", "在"] {
        if let Some(at) = text.get(start..).and_then(|t| t.find(lead))
            && (at <= 60 && lead != "在" || at == 0)
        {
            start += at + lead.len();
            break;
        }
    }
    value.start + start..value.end
}

/// A column headed 服务地点 in a table of lots or goods.
fn columns(reading: &Reading<'_>, delivery: &mut Vec<Candidate>) {
    for grid in &reading.grids {
        let Some(head) = grid.rows.first() else {
            continue;
        };
        if head.len() < 3 {
            continue;
        }
        // Consignee | Address | Quantity: where the goods go to is the address.
        let addressed = head.iter().filter_map(|&u| reading.unit(u)).any(|c| c.text.eq_ignore_ascii_case("address"));
        let Some(column) = head.iter().find_map(|&u| {
            let cell = reading.unit(u)?;
            let label = crate::reading::strip_label(&cell.text);
            let consigned = label == "address"
                && head.iter().filter_map(|&u| reading.unit(u)).any(|c| c.text.to_lowercase().starts_with("consignee"));
            let named = DELIVERY.contains(&label.as_str()) && !(addressed && label.starts_with("consignee"));
            ((named || consigned) && reading.zone(u) != Zone::BidForms).then(|| cell.cell.map(|c| c.column)).flatten()
        }) else {
            continue;
        };
        let mut seen: Option<usize> = None;
        for row in grid.rows.iter().skip(1).take(60) {
            let Some(unit) = reading.cell_in(row, column) else {
                continue;
            };
            if seen == Some(unit) {
                continue;
            }
            seen = Some(unit);
            let range = 0..reading.unit(unit).map_or(0, |u| u.text.len());
            let text = reading.text(unit, &range);
            let chars_max = if is_western(text) { 140 } else { 60 };
            if text.chars().count() >= 2 && text.chars().count() <= chars_max && !is_blank(text) && !is_reference(text)
            {
                let zone = reading.zone(unit);
                delivery.extend(reading.text_candidate(unit, range.clone(), range, deal_standing(zone)));
            }
        }
    }
}

/// Places said in a sentence: `交货地点为…`, `登录…系统上传投标文件`.
fn sentences(
    reading: &Reading<'_>,
    opening: &mut Vec<Candidate>,
    submission: &mut Vec<Candidate>,
    delivery: &mut Vec<Candidate>,
) {
    for clause in &reading.clauses {
        let zone = reading.zone(clause.unit);
        if zone == Zone::BidForms {
            continue;
        }
        let text = reading.text(clause.unit, &clause.range);
        for (leads, is_delivery) in [
            (
                &[
                    "交货地点为",
                    "服务地点为",
                    "建设地点为",
                    "施工地点为",
                    "履约地点为",
                    "项目地点为",
                    "建设地点位于",
                    "项目位于",
                    "工程位于",
                ][..],
                true,
            ),
            (&["开标地点为", "开启地点为"][..], false),
        ] {
            for lead in leads {
                let Some(at) = text.find(lead) else {
                    continue;
                };
                let start = clause.range.start + at + lead.len();
                let value = reading.tidy_until(clause.unit, &(start..clause.range.end), &['\n', ';', '。']);
                let value = if lead.ends_with("位于") { located(reading, clause.unit, &value) } else { value };
                let own = reading.text(clause.unit, &value);
                if own.chars().count() < 2 || own.chars().count() > 100 || is_blank(own) || is_reference(own) {
                    continue;
                }
                let (slot, rank) =
                    if is_delivery { (&mut *delivery, deal_standing(zone)) } else { (&mut *opening, standing(zone)) };
                slot.extend(reading.text_candidate(clause.unit, clause.range.start + at..value.end, value, rank + 2));
            }
        }
        // 投标截止及开标时间为…，地点为…: both are there.
        let both = text.contains("开标时间") && text.contains("投标截止") && !text.contains("地点为:");
        if both && let Some(at) = text.find(",地点为") {
            let start = clause.range.start + at + ",地点为".len();
            let value = reading.tidy_until(clause.unit, &(start..clause.range.end), &['\n', ';', '。', ',']);
            let own = reading.text(clause.unit, &value);
            if (4..=80).contains(&own.chars().count()) && !is_blank(own) && !is_reference(own) {
                let words = FieldValue::Text(reading.words(clause.unit, &value));
                for slot in [&mut *opening, &mut *submission] {
                    slot.extend(reading.candidate(
                        clause.unit,
                        clause.range.clone(),
                        value.clone(),
                        words.clone(),
                        standing(zone) - 2,
                    ));
                }
            }
        }
        // 投标文件接收：…截止；地点为…: the sentence before says of what.
        let head = reading.unit(clause.unit).and_then(|u| u.text.get(..clause.range.start)).unwrap_or_default();
        let line = head.trim_end_matches(';').rsplit(['\n', '。', ';']).next().unwrap_or_default();
        let receives = ["接收", "递交", "提交"].iter().any(|w| line.contains(w))
            && ["投标文件", "响应文件", "申请文件"].iter().any(|w| line.contains(w));
        if receives && head.ends_with(';') && text.starts_with("地点为") {
            let start = clause.range.start + "地点为".len();
            let value = reading.until(clause.unit, &(start..clause.range.end), &['\n', ';', '。', ',']);
            let value = reading.tidy(clause.unit, &value);
            let own = reading.text(clause.unit, &value);
            if (4..=60).contains(&own.chars().count()) && !is_blank(own) && !is_reference(own) {
                let words = FieldValue::Text(reading.words(clause.unit, &value));
                let rank = standing(zone) - 2;
                submission.extend(reading.candidate(clause.unit, clause.range.clone(), value, words, rank));
            }
        }
        // 投标文件递交的截止时间为…，地点为…
        let hands_in = ["投标文件", "响应文件", "申请文件", "应答文件", "报价文件"].iter().any(|w| text.contains(w))
            && (text.contains("递交") || text.contains("提交"))
            && !text.contains("开标地点为");
        let there = [",地点为", "递交地点为", "递交的地点为", "提交地点为", "提交的地点为"];
        if hands_in && let Some(at) = there.iter().find_map(|lead| text.find(lead)) {
            let start =
                clause.range.start + at + text.get(at..).and_then(|t| t.find('为')).map_or(0, |n| n + '为'.len_utf8());
            let value = reading.tidy_until(clause.unit, &(start..clause.range.end), &['\n', ';', '。', ',']);
            let own = reading.text(clause.unit, &value);
            if own.chars().count() >= 2 && !is_blank(own) && !is_reference(own) {
                submission.extend(reading.text_candidate(clause.unit, clause.range.clone(), value, standing(zone) + 2));
            }
        }
        for (range, opened) in places_of_deeds(text) {
            let value = reading.tidy(clause.unit, &(clause.range.start + range.start..clause.range.start + range.end));
            let own = reading.text(clause.unit, &value);
            // 递交到以下账户: a bond is handed in there.
            let bank = own.contains("账户") || own.contains("账号");
            if own.chars().count() < 4 || own.chars().count() > 60 || bank || is_blank(own) || is_reference(own) {
                continue;
            }
            let slot = if opened { &mut *opening } else { &mut *submission };
            slot.extend(reading.text_candidate(clause.unit, clause.range.clone(), value, standing(zone) - 6));
        }
        if let Some(range) = delivered_to(text)
            && zone != Zone::Evaluation
        {
            let value = clause.range.start + range.start..clause.range.start + range.end;
            let rank = deal_standing(zone) - 12;
            delivery.extend(reading.text_candidate(clause.unit, clause.range.clone(), value, rank));
        }
        // An electronic platform that bids are submitted through or opened on.
        let submits = ["投标文件", "响应文件", "网上投标", "加密上传"].iter().any(|w| text.contains(w))
            && ["上传", "递交", "提交", "投标"].iter().any(|w| text.contains(w));
        let opens = text.contains("开标") || text.contains("解密");
        submission.extend(english_portal(reading, clause.unit, &clause.range, zone));
        if is_western(text) && zone != Zone::Contract {
            let bids = [&RECEIVED, &DEPOSITED, &SEALED].into_iter().find(|r| r.is_match(text)).unwrap_or_else(|| {
                let asks = is_about_questions(text);
                [&ADDRESSED, &HANDED_IN, &RECEIVED_THERE]
                    .into_iter()
                    .find(|r| !asks && r.is_match(text))
                    .unwrap_or(&RECEIVED)
            });
            for (regex, slot) in [(bids, &mut *submission), (&OPENED, &mut *opening)] {
                let Some(found) = regex.captures(text).and_then(|c| c.get(1)) else { continue };
                if found.as_str().contains("below") || found.as_str().contains("above") {
                    continue;
                }
                let own = found.as_str().split(" in the presence").next().unwrap_or_default();
                let value = clause.range.start + found.start()..clause.range.start + found.start() + own.len();
                slot.extend(reading.text_candidate(clause.unit, clause.range.clone(), value, standing(zone) - 12));
            }
        }
        if is_western(text)
            && let Some(found) =
                [&PERFORMED, &BROUGHT, &DELIVERED, &LOCATED].iter().find_map(|r| r.captures(text)?.get(1))
            && !is_a_manner(found.as_str())
        {
            let value = clause.range.start + found.start()..clause.range.start + found.end();
            let value = reading.tidy(clause.unit, &value);
            let rank = deal_standing(zone) - 10;
            delivery.extend(reading.text_candidate(clause.unit, clause.range.clone(), value, rank));
        }
        if !(submits || opens) || matches!(zone, Zone::Contract | Zone::Evaluation) {
            continue;
        }
        let named = platform(text);
        if named.is_none()
            && let Some(value) = submitted_through(text)
        {
            let value = clause.range.start + value.start..clause.range.start + value.end;
            submission.extend(reading.text_candidate(clause.unit, clause.range.clone(), value, standing(zone) - 28));
        }
        if let Some(value) = named {
            let value = clause.range.start + value.start..clause.range.start + value.end;
            let words = reading.words(clause.unit, &value);
            if submits {
                submission.extend(reading.candidate(
                    clause.unit,
                    clause.range.clone(),
                    value.clone(),
                    FieldValue::Text(words.clone()),
                    standing(zone) - 26,
                ));
            }
            if opens {
                opening.extend(reading.candidate(
                    clause.unit,
                    clause.range.clone(),
                    value,
                    FieldValue::Text(words),
                    standing(zone) - 30,
                ));
            }
        }
    }
}

/// The places of `于X前送达…会议室` and `X在…会议室开标`, and whether bids are opened there.
fn places_of_deeds(text: &str) -> Vec<(Range<usize>, bool)> {
    const SENT: &[&str] =
        &["送达", "递交至", "递交到", "提交至", "提交到", "送至", "送交", "密封送至", "送到", "寄到", "寄至", "交到"];
    // 送到或邮寄到X
    const OR_SENT: &[&str] = &["或邮寄到", "或邮寄至", "或寄到", "或寄至", "或者邮寄至", "或快递至", "或者寄至"];
    const OPENED: &[&str] = &["公开开标", "举行开标", "开标", "公开开启", "开启"];
    let mut places = Vec::new();
    // 投标文件应在投标截止时间前送达XX开标室
    for lead in ["截止时间前", "截止时间之前", "截止时间以前"] {
        let Some(at) = text.find(lead).map(|at| at + lead.len()) else { continue };
        let rest = text.get(at..).unwrap_or_default();
        if let Some(deed) = SENT.iter().find(|d| rest.strip_prefix("密封").unwrap_or(rest).starts_with(**d)) {
            let start = at + rest.find(deed).unwrap_or(0) + deed.len();
            let place = text.get(start..).unwrap_or_default();
            let end = start + place.find([',', '(', '、', '。', ';']).unwrap_or(place.len());
            let named = text.get(start..end).is_some_and(|p| !p.contains("开标地点") && !p.contains("指定"));
            if named && !place.starts_with(['的', '时', '至']) {
                places.push((start..end, false));
            }
        }
    }
    // 投标人应于当日上午将投标文件递交至XX四楼
    for lead in ["将投标文件", "将响应文件", "将申请文件", "将纸质投标文件", "将电子投标文件", "将密封的投标文件"]
    {
        let Some(at) = text.find(lead).map(|at| at + lead.len()) else { continue };
        let rest = text.get(at..).unwrap_or_default();
        let Some((sent, deed)) = SENT.iter().filter_map(|d| rest.find(d).map(|n| (n, d))).min() else { continue };
        let start = at + sent + deed.len();
        let place = text.get(start..).unwrap_or_default();
        let end = place.find([',', '(', '、', '。', ';']).unwrap_or(place.len());
        let end = start + with_address(place, end);
        let named = text.get(start..end).is_some_and(|p| !p.contains("开标地点") && !p.contains("指定"));
        let near = rest.get(..sent).is_some_and(|t| t.chars().count() <= 40 && !t.contains(['。', ';']));
        if named && near && !place.starts_with(['的', '时', '至']) {
            places.push((start..end, false));
        }
    }
    // 在四楼会议室当众拆封
    for deed in ["当众拆封", "公开拆封", "当众开启", "当众开标"] {
        let Some(head) = text.find(deed).and_then(|at| text.get(..at)) else { continue };
        if let Some(at) = head.rfind('在').map(|at| at + '在'.len_utf8())
            && !head.get(at..).is_some_and(|place| place.contains([',', ':', '。']))
        {
            places.push((at..head.len(), true));
        }
    }
    for stamp in dates::find(text) {
        let Some(behind) = text.get(stamp.range.end..) else { continue };
        let sentence = behind.split(['。', ';']).next().unwrap_or_default();
        let lead = sentence.trim_start_matches("(北京时间)").trim_start_matches([',', ' ']);
        let lead_at = stamp.range.end + sentence.len() - lead.len();
        let before = ["前", "之前", "以前"].iter().any(|w| lead.starts_with(w));
        let asks = ["疑问", "询问", "质疑", "异议", "澄清"].iter().any(|w| text.contains(w));
        if before
            && !asks
            && let Some((at, deed)) = SENT.iter().filter_map(|d| lead.find(d).map(|at| (at, d))).min()
        {
            let rest = lead.get(at + deed.len()..).unwrap_or_default();
            let rest = OR_SENT.iter().find_map(|w| rest.strip_prefix(w)).unwrap_or(rest);
            let start = lead.len() - rest.len();
            let end = start + with_address(rest, rest.find([',', '(', '、']).unwrap_or(rest.len()));
            if at <= 40 && !rest.starts_with(['的', '时', '至']) {
                places.push((lead_at + start..lead_at + end, false));
            }
        }
        let there = lead.strip_prefix('在').or_else(|| lead.strip_prefix('于'));
        if let Some(place) = there
            && let Some(end) = OPENED.iter().filter_map(|d| place.find(d)).min()
            && !place.get(..end).is_some_and(|p| p.contains([',', ':']))
        {
            let start = lead_at + lead.len() - place.len();
            places.push((start..start + end, true));
        }
    }
    places
}

/// Where a place that ends at `end` goes on with its street in brackets: `X馆办公室（文汇路9号205室）`.
fn with_address(text: &str, end: usize) -> usize {
    let bracket =
        text.get(end..).and_then(|t| t.strip_prefix('(')).and_then(|t| t.split_once(')')).map(|(inner, _)| inner);
    let street = bracket.filter(|b| b.chars().count() <= 40 && ["号", "室", "楼", "路"].iter().any(|w| b.contains(w)));
    street.map_or(end, |street| end + street.len() + 2)
}

/// `送货至采购人指定地点`: where what is bought is brought to.
fn delivered_to(text: &str) -> Option<Range<usize>> {
    const DEEDS: &[&str] = &["送货至", "供货至", "交货至", "运送至", "运输至", "配送至", "运至", "运抵", "交付至"];
    const ENDS: &[&str] = &["指定地点", "指定的地点", "指定位置", "指定仓库", "施工现场", "项目现场", "指定场所"];
    // 交货及安装:签订合同后20日内送至X并安装完毕
    let head: String = text.chars().take(12).collect();
    if ["交货", "供货", "送货"].iter().any(|w| head.contains(w))
        && let Some(at) = ["送至", "送到", "运到"].iter().filter_map(|d| text.find(d).map(|at| at + d.len())).min()
        && let Some(rest) = text.get(at..)
        && let Some(end) = rest.find([',', '。', ';', '(', '并'])
        && (4..=30).contains(&rest.get(..end).unwrap_or_default().chars().count())
    {
        return Some(at..at + with_address(rest, end));
    }
    let (at, deed) = DEEDS.iter().filter_map(|d| text.find(d).map(|at| (at, d))).min()?;
    let start = at + deed.len();
    let rest = text.get(start..)?;
    let end = ENDS.iter().filter_map(|e| rest.find(e).map(|n| n + e.len())).min()?;
    let place = rest.get(..end)?;
    (place.chars().count() <= 24 && !place.contains([',', '。', ';'])).then_some(start..start + end)
}

/// `Bids shall be submitted online through the portal https://…`.
fn english_portal(reading: &Reading<'_>, unit: usize, clause: &Range<usize>, zone: Zone) -> Option<Candidate> {
    let text = reading.text(unit, clause);
    let lower = text.to_lowercase();
    let asked = ["submit via", "submit by e", "submit to ", "submit electronically"].iter().any(|w| lower.contains(w));
    let about = (asked || ["bid", "tender", "proposal", "quotation", "offer"].iter().any(|w| lower.contains(w)))
        && (lower.contains("submit")
            || lower.contains("upload")
            || lower.contains("submission")
            || lower.contains("received via")
            || lower.contains("received through")
            || lower.contains("returned")
            || lower.contains("lodged")
            || lower.contains("mailed to")
            || lower.contains("by email")
            || lower.contains("by e-mail")
            || lower.contains("via email")
            || lower.contains("via e-mail")
            || lower.contains("online bidding"));
    if !about || zone == Zone::Contract || lower.len() != text.len() {
        return None;
    }
    let Some(at) = lower.find("http") else {
        return mailbox(reading, unit, clause, zone).or_else(|| named_portal(reading, unit, clause, zone));
    };
    let length: usize = text
        .get(at..)?
        .chars()
        .take_while(|c| c.is_ascii_graphic() && !matches!(c, ',' | ')' | ';'))
        .map(char::len_utf8)
        .sum();
    let end = at + length;
    let url = text.get(at..end)?.trim_end_matches('.');
    let value = clause.start + at..clause.start + at + url.len();
    reading.text_candidate(unit, clause.clone(), value, standing(zone) - 26)
}

/// `Sealed bids will be received by …, 500 Main Street, until 2:00 PM`.
static RECEIVED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:bids?|tenders?|proposals?|quotations?|offers?)\b[^.;]{0,30} (?:received (?:by|at)|delivered to|submitted to|sent to|addressed to):? (?:the )?([A-Z][^;\n]{8,160}?),? (?:until|no later than|not later than|on or before|by \d|before \d)")
        .expect("a regular expression")
});
/// `Proposals must be submitted in a sealed envelope to the Purchasing Office located at 500 Main Street`, `… in sealed
/// covers addressed to the Registrar, …`.
static SEALED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bsubmitted in (?:an? )?(?:plain )?sealed (?:envelopes?|covers?|packages?)(?: addressed)? to (?:the )?((?-i:[A-Z])[^.;\n]{3,80} located at [^.;\n]{8,120}|(?-i:[A-Z])[^;\n]{8,140}?)(?:\. |\.$|$|,? (?:on or before|no later than|not later than|until)\b)")
        .expect("a regular expression")
});
/// `Proposals must be submitted in three copies, addressed to the Procurement Committee, Harrow Board, Elder Ford`.
static ADDRESSED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:bids?|tenders?|proposals?|quotations?|offers?|submissions?)\b[^.;]{0,160}?\baddressed (?:(?:and (?:delivered|sent|submitted) )?to|as follows):? (?:the )?((?-i:[A-Z])[^;\n]{8,160}?)(?:\. |\.$|$|,? (?:on or before|no later than|not later than|until|so as to|and (?:must|shall|should|be)|must|shall|should)\b)")
        .expect("a regular expression")
});
/// `Bids shall be submitted to the Clerk of the Board, 4 Mill Road, Harrow.`
static HANDED_IN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:bids?|tenders?|proposals?|quotations?|offers?|submissions?)\b[^.;]{0,40} (?:must|shall|should|may|are to|to) be (?:submitted|delivered|sent|mailed|made|posted|returned|hand-delivered)(?: by (?:post|hand|mail|courier)(?: or (?:by )?\w+)?)?(?: only)? to:? (?:the )?((?-i:[A-Z])[^.;\n]{4,140}?,[^.;\n]{2,80}?)(?:,? (?:on or before|no later than|not later than|until|by|before)\b|\. |\.$|$)")
        .expect("a regular expression")
});
/// `Sealed bids will be received until 2:00 PM on May 4, 2027 at the Clerk's Office, 500 Main Street`: the place stands
/// behind the time.
static RECEIVED_THERE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:bids?|tenders?|proposals?|quotations?|offers?)\b[^;]{0,120}?\b(?:received|accepted|delivered|submitted)\b[^;]{0,120}?\b(?:19|20)\d\d,? (?:at|in|to) (?:the )?((?-i:[A-Z])[^;\n]{8,140}?)(?:,? (?:and|at which|where|when)\b|\. |\.$|$)")
        .expect("a regular expression")
});
/// `… deposited in the Tender Box at the entrance of the Works Yard so as to be received …`.
static DEPOSITED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:deposited|placed) in(?:to)? the ((?:tender|bid|quotation|proposal)s? box[^.;\n]{3,120}?)(?:,| so as| on or before| not later| no later| before | by \d|\.|$)")
        .expect("a regular expression")
});
/// `Work shall be performed at the Government facility located at …`.
static PERFORMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:work|works|services?|duties) (?:will|shall|must|is to|are to) be (?:performed|carried out|provided|delivered|rendered)(?: mainly| primarily)? at ([^.;\n]{4,160})")
        .expect("a regular expression")
});
/// Whether what stands behind `at` tells how or at whose cost: at all times, at the supplier's own risk.
fn is_a_manner(text: &str) -> bool {
    const MANNERS: [&str; 9] =
        ["all times", "any time", " cost", " risk", "expense", " rates", "standard", "satisfaction", " price"];
    let lower = format!(" {}", text.to_ascii_lowercase());
    MANNERS.iter().any(|w| lower.contains(w))
}

/// `Delivery shall be made at the branch libraries in Elder Ford as per …`.
static BROUGHT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:delivery|deliveries|goods|equipment|items|supplies|materials|vehicles|products) (?:will|shall|must|is to|are to) be (?:made|delivered|supplied|brought|installed|shipped)(?: free)?,?(?: F\.?O\.?B\.? destination,?)? (?:at|to) (?:the )?([^.;,\n]{4,120}?)(?: as per| in accordance| within| by |[.;,]|$)")
        .expect("a regular expression")
});
/// `The Supplier shall deliver the pumps to the Central Stores, Mill Road, within …`.
static DELIVERED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:supplier|contractor|vendor|bidder|seller|provider|tenderer)s? (?:will|shall|must|is to|are to) (?:supply and )?(?:deliver|install)(?: and install)? (?:the |all |such )?[\w ]{0,40}?(?: to| at) (?:the )?((?-i:[A-Z])[^.;\n]{3,120}?)(?: within| in accordance| as per| by |,? no later| not later|[.;]|$)")
        .expect("a regular expression")
});
/// `Properties are located across the boroughs of …`.
static LOCATED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^[\d. ]*(?:the )?(?:properties|property|sites?|project site|project|premises|buildings?|works?|facility|facilities) (?:is|are|will be) (?:located|situated) (?:in|at|on|along|across|within) ([^.;\n]{4,120})")
        .expect("a regular expression")
});
/// `… opened and read aloud in Room 210`.
static OPENED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bopened[^.;]{0,110}? (?:in|at) (?:the )?((?-i:[A-Z])[^.;\n]{3,100})")
        .expect("a regular expression")
});

/// `Quotations must be submitted by e-mail to bids@…`.
fn mailbox(reading: &Reading<'_>, unit: usize, clause: &Range<usize>, zone: Zone) -> Option<Candidate> {
    let text = reading.text(unit, clause);
    if is_about_questions(text) {
        return None;
    }
    let sign = text.find('@')?;
    let of_address = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
    let local = text.get(..sign)?.trim_end_matches(of_address).len();
    let rest = text.get(sign + 1..)?;
    let domain = rest.len() - rest.trim_start_matches(of_address).len();
    let address = text.get(local..sign + 1 + domain)?.trim_end_matches('.');
    let value = clause.start + local..clause.start + local + address.len();
    (local < sign && domain > 2)
        .then(|| reading.text_candidate(unit, clause.clone(), value, standing(zone) - 26))
        .flatten()
}

/// Whether a sentence says where questions go to: queries about a tender are submitted as well.
fn is_about_questions(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["queries", "query", "question", "clarification", "enquir", "inquir", "protest"].iter().any(|w| lower.contains(w))
}

/// `Tenders must be submitted exclusively via the electronic submission system (eSubmission)`.
fn named_portal(reading: &Reading<'_>, unit: usize, clause: &Range<usize>, zone: Zone) -> Option<Candidate> {
    static PORTAL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:submit(?:ted)?|returned|lodged|uploaded|received)\b[^.;]{0,40}? (?:via|through|using|on|in|to) (?:the )?([^.;,]{0,60}?(?:portal|e-?submission|submission system|bidding system|e-?procurement system|platform|website)\b(?: \([^)]{2,40}\))?)")
            .expect("a regular expression")
    });
    // … are to be submitted electronically in Tenderfold
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"\bsubmitted (?:electronically|online) (?:in|via|through|on|using) (?:the )?([A-Z]\w+(?: [A-Z]\w+){0,3})",
        )
        .expect("a regular expression")
    });
    let text = reading.text(unit, clause);
    if is_about_questions(text) {
        return None;
    }
    let name = PORTAL.captures(text).or_else(|| NAMED.captures(text))?.get(1)?;
    let value = clause.start + name.start()..clause.start + name.end();
    reading.text_candidate(unit, clause.clone(), value, standing(zone) - 27)
}

/// The law's own words for whatever platform it is.
const ANY_PLATFORM: &[&str] = &["电子招标投标交易平台", "电子招投标交易平台", "电子招标投标系统"];

/// The platform named after 登录, 在 or 通过: `…电子交易系统（http://…）`.
fn platform(text: &str) -> Option<Range<usize>> {
    const ENDS: &[&str] = &[
        "电子交易系统",
        "电子招投标系统",
        "交易平台",
        "采购平台",
        "商务平台",
        "云平台",
        "云\"平台",
        "云”平台",
        "电子交易平台",
        "交易系统",
        "子系统",
        "政采云平台",
        "智慧平台",
        "交易中心网",
    ];
    for lead in ["登录", "登陆", "通过", "在", "使用", "进入", "上传至", "上传到", "递交至", "提交至"]
    {
        for (at, _) in text.match_indices(lead).take(10) {
            let start = at + lead.len();
            let rest = text.get(start..)?;
            let rest_start = start + (rest.len() - rest.trim_start_matches(['"', '“', '《', '【']).len());
            // “政采云”平台: the quotation marks close inside the name.
            let quoted = text
                .get(rest_start..)
                .and_then(|t| t.split_once("平台"))
                .is_some_and(|(name, _)| name.ends_with(['"', '”']));
            let rest_start = if quoted { start } else { rest_start };
            let rest = text.get(rest_start..)?;
            let Some(end) = ENDS.iter().filter_map(|e| rest.find(e).map(|n| n + e.len())).min() else {
                continue;
            };
            // A longer name may go on: 智慧平台用户网上办事子系统.
            let end = ENDS
                .iter()
                .filter_map(|e| rest.get(end..).and_then(|t| t.find(e)).filter(|n| *n <= 36).map(|n| end + n + e.len()))
                .max()
                .unwrap_or(end);
            let name = rest.get(..end)?;
            let sends = ["上传", "递交", "提交"].iter().any(|deed| name.contains(deed));
            if sends
                || ANY_PLATFORM.contains(&name)
                || name.chars().count() > 40
                || name.contains([',', '。', ';', '、'])
                || name.chars().count() < 4
            {
                continue;
            }
            let tail = rest.get(end..)?;
            let end = if ["(http", "(www.", "(网址"].iter().any(|w| tail.starts_with(w)) {
                tail.find(')').map_or(end, |n| end + n + 1)
            } else {
                end
            };
            return Some(rest_start..rest_start + end);
        }
    }
    None
}

/// `通过云采平台在线提交加密投标文件`: what bids go through, by whatever name, right before the deed.
fn submitted_through(text: &str) -> Option<Range<usize>> {
    const DEEDS: &[&str] =
        &["在线递交", "在线提交", "线上递交", "线上提交", "网上递交", "网上提交", "递交", "提交", "上传", "加密上传"];
    const NAMES: &[&str] = &["平台", "系统", "客户端", "网站", "网", "工具", "门户"];
    text.match_indices("通过").take(10).find_map(|(at, lead)| {
        let start = at + lead.len();
        let rest = text.get(start..)?;
        let (end, deed) = DEEDS.iter().filter_map(|d| rest.find(d).map(|n| (n, *d))).min()?;
        let (name, behind) = (rest.get(..end)?, rest.get(end + deed.len()..)?);
        let own = name.trim_start_matches(['"', '“', '《', '【']);
        let own = own.trim_end_matches(['"', '”', '》', '】']);
        let bids = behind.chars().take(12).collect::<String>();
        let of_bids = ["投标文件", "响应文件", "报价文件", "应答文件"].iter().any(|w| bids.contains(w));
        let is_name = (4..=30).contains(&own.chars().count())
            && !own.contains([',', '。', ';', '、', ':'])
            && NAMES.iter().any(|w| own.ends_with(w))
            && !ANY_PLATFORM.contains(&own);
        let from = start + name.find(own)?;
        (of_bids && is_name).then(|| from..from + own.len())
    })
}

/// `云岭镇，距县城12公里`: where something lies, up to what is told of it; `…路以东，…街以北` goes on.
fn located(reading: &Reading<'_>, unit: usize, value: &Range<usize>) -> Range<usize> {
    static BOUNDS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^[^,]{0,16}(?:以[东南西北]|[东南西北][至临侧接邻靠]|交叉|交汇|\d号)")
            .expect("a regular expression")
    });
    let text = reading.text(unit, value);
    let end = text
        .match_indices(',')
        .map(|(at, _)| at)
        .find(|at| text.get(at + 1..).is_none_or(|rest| !BOUNDS.is_match(rest)));
    reading.tidy(unit, &(value.start..value.start + end.unwrap_or(text.len())))
}
