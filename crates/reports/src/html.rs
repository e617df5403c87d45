//! The report as one HTML file that needs no network: styles and the filter script are inside it.
//!
//! Every word that comes from a document is escaped; nothing of a document can become markup.

use std::fmt::Write;

use bidlens_domain::change::Change;
use bidlens_domain::document::{IssueSeverity, Language};
use bidlens_domain::evidence::Evidence;
use bidlens_domain::field::FieldStatus;
use bidlens_domain::finding::{BidReview, FileSummary, Finding, Review, Verdict};
use bidlens_domain::labels::field_name;
use bidlens_domain::legal::LegalBasis;
use bidlens_domain::risk::RiskType;

use crate::labels::{self, Words};
use crate::{Options, model};

static STYLE: &str = include_str!("html/style.css");
static SCRIPT: &str = include_str!("html/script.js");

/// The whole report.
pub fn html(review: &Review, options: &Options) -> String {
    let mut page = Page { out: String::with_capacity(256 * 1024), language: options.language };
    page.write(review, options);
    page.out
}

struct Page {
    out: String,
    language: Language,
}

impl Page {
    fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        Words(zh, en).in_language(self.language)
    }

    fn raw(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    fn write(&mut self, review: &Review, options: &Options) {
        let title =
            options.project_name.clone().unwrap_or_else(|| self.say("投标文件审查报告", "Bid review").to_owned());
        let language = match self.language {
            Language::Zh => "zh-CN",
            Language::En => "en",
        };
        let _ = write!(
            self.out,
            "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <title>{}</title><style>{STYLE}</style></head><body>",
            escape(&title)
        );
        self.header(review, options, &title);
        self.raw("<main>");
        self.overview(review);
        if !review.bids.is_empty() {
            self.findings(review);
        }
        self.facts(review);
        self.changes(&review.facts.changes);
        self.risks(review);
        self.matrix(review);
        self.scoring(review);
        self.files(review);
        let _ = write!(self.out, "</main><script>{SCRIPT}</script></body></html>");
    }

    fn header(&mut self, review: &Review, options: &Options, title: &str) {
        let kind = if review.bids.is_empty() {
            self.say("招标文件分析报告", "Tender analysis")
        } else {
            self.say("投标文件审查报告", "Bid review")
        };
        let _ = write!(
            self.out,
            "<header><p class=\"kind\">Bidlens · {kind} · {}</p><h1>{}</h1><nav>",
            escape(&options.generated_at),
            escape(title)
        );
        let mut links = vec![("overview", self.say("概览", "Overview"))];
        if !review.bids.is_empty() {
            links.push(("findings", self.say("审查结论", "Findings")));
        }
        links.extend([
            ("facts", self.say("项目信息", "Project facts")),
            ("risks", self.say("废标与其他风险", "Risks")),
            ("matrix", self.say("要求响应矩阵", "Compliance matrix")),
            ("scoring", self.say("评分", "Scoring")),
            ("files", self.say("文件", "Files")),
        ]);
        for (id, label) in links {
            let _ = write!(self.out, "<a href=\"#{id}\">{label}</a>");
        }
        self.raw("</nav></header>");
    }

    /// The numbers that matter first: each bidder's count, the tender's key facts.
    fn overview(&mut self, review: &Review) {
        let heading = self.say("概览", "Overview");
        let _ = write!(self.out, "<section id=\"overview\"><h2>{heading}</h2><div class=\"cards\">");
        for bid in &review.bids {
            let rigid = bid.findings.iter().filter(|f| f.rigid && f.verdict() == Verdict::Fail).count();
            let _ = write!(self.out, "<div class=\"card\"><h3>{}</h3><p class=\"counts\">", escape(&bid.bidder_name));
            for (verdict, count) in model::counts(&bid.findings) {
                let word = labels::verdict(verdict).in_language(self.language);
                let _ = write!(self.out, "<span class=\"badge {}\">{word} {count}</span>", verdict.as_str());
            }
            if let Some(progress) = model::progress_words(&bid.findings, self.language) {
                let _ = write!(self.out, "<span class=\"badge\">{progress}</span>");
            }
            let sentence = if rigid > 0 {
                match self.language {
                    Language::Zh => format!("{rigid} 项实质性要求不符合，可能被否决"),
                    Language::En => {
                        format!("{rigid} rigid requirements failed: the bid may be rejected")
                    }
                }
            } else {
                self.say("未发现不符合实质性要求的内容", "no rigid requirement found failed").to_owned()
            };
            let class = if rigid > 0 { "bad" } else { "good" };
            let _ = write!(self.out, "</p><p class=\"{class}\">{sentence}</p></div>");
        }
        let rejecting = review.facts.risks.iter().filter(|r| r.risk_type == RiskType::MustReject).count();
        let rigid = review.facts.requirements.iter().filter(|r| r.rigid).count();
        let tender = self.say("招标文件", "Tender");
        let _ = write!(self.out, "<div class=\"card\"><h3>{tender}</h3><ul class=\"plain\">");
        for (label, count) in [
            (self.say("可致废标的条款", "clauses that can disqualify"), rejecting),
            (self.say("其他风险", "other risks"), review.facts.risks.len() - rejecting),
            (self.say("要求", "requirements"), review.facts.requirements.len()),
            (self.say("其中实质性要求", "of which rigid"), rigid),
        ] {
            let _ = write!(self.out, "<li><b>{count}</b> {label}</li>");
        }
        self.raw("</ul></div></div></section>");
    }

    fn findings(&mut self, review: &Review) {
        let heading = self.say("审查结论", "Findings");
        let _ = write!(self.out, "<section id=\"findings\"><h2>{heading}</h2><form class=\"filters\" id=\"filters\">");
        let all = self.say("全部投标人", "all bidders");
        let _ = write!(self.out, "<select name=\"bidder\" aria-label=\"{all}\"><option value=\"\">{all}</option>");
        for (index, bid) in review.bids.iter().enumerate() {
            let _ = write!(self.out, "<option value=\"{index}\">{}</option>", escape(&bid.bidder_name));
        }
        self.raw("</select>");
        for verdict in [Verdict::Fail, Verdict::Risk, Verdict::Pass] {
            let word = labels::verdict(verdict).in_language(self.language);
            let checked = if verdict == Verdict::Pass { "" } else { " checked" };
            let _ = write!(
                self.out,
                "<label><input type=\"checkbox\" name=\"result\" value=\"{0}\"{checked}><span class=\"badge {0}\">{word}</span></label>",
                verdict.as_str()
            );
        }
        let rigid = self.say("仅实质性要求", "rigid only");
        let search = self.say("搜索…", "search…");
        let shown = self.say("条", "shown");
        let _ = write!(
            self.out,
            "<label><input type=\"checkbox\" name=\"rigid\"> {rigid}</label>\
             <input type=\"search\" name=\"words\" placeholder=\"{search}\" aria-label=\"{search}\">\
             <output id=\"shown\"></output> {shown}</form>"
        );
        for (index, bid) in review.bids.iter().enumerate() {
            self.bid(index, bid);
        }
        let none = self.say("没有符合筛选条件的结论", "no finding matches the filter");
        let _ = write!(self.out, "<p id=\"none\" hidden>{none}</p></section>");
    }

    fn bid(&mut self, index: usize, bid: &BidReview) {
        let _ = write!(self.out, "<div class=\"bid\" data-bidder=\"{index}\"><h3>{}</h3>", escape(&bid.bidder_name));
        for finding in model::findings(&bid.findings) {
            self.finding(index, finding);
        }
        self.raw("</div>");
    }

    fn finding(&mut self, bidder: usize, finding: &Finding) {
        let verdict = finding.verdict();
        let hidden = if verdict == Verdict::Pass { " hidden" } else { "" };
        let _ = write!(
            self.out,
            "<article class=\"finding {0}\" data-bidder=\"{bidder}\" data-result=\"{0}\" data-rigid=\"{1}\"{hidden}><h4>\
             <span class=\"badge {0}\">{2}</span>",
            verdict.as_str(),
            u8::from(finding.rigid),
            labels::verdict(verdict).in_language(self.language),
        );
        if finding.rigid {
            let rigid = self.say("实质性", "rigid");
            let _ = write!(self.out, "<span class=\"badge rigid\">{rigid}</span>");
        }
        let state = labels::state(finding.state()).in_language(self.language);
        let remark = finding.remark_in(self.language);
        let demanded = finding.requirement_in(self.language);
        let headline = if remark.is_empty() { demanded } else { remark };
        let _ = write!(
            self.out,
            "{}</h4><p class=\"meta\">{} · {} · {state}</p><div class=\"sides\">",
            escape(headline),
            labels::dimension(finding.dimension, self.language),
            escape(&finding.rule_id),
        );
        let (demand, response) = (self.say("招标要求", "The tender demands"), self.say("投标响应", "The bid says"));
        self.side(demand, demanded, &finding.tender_evidence);
        self.side(response, &finding.response_text, finding.bid_evidence());
        self.raw("</div>");
        self.basis(&finding.basis, model::basis_label(verdict == Verdict::Fail, self.language));
        if let Some(decision) = &finding.decision {
            let words = model::decision_words(decision, self.language);
            let _ = write!(self.out, "<p class=\"decision\">{}</p>", escape(&words));
        }
        self.raw("</article>");
    }

    fn basis(&mut self, basis: &[LegalBasis], label: &str) {
        for one in basis {
            let _ = write!(
                self.out,
                "<p class=\"law\"><b>{label}</b> {}</p>",
                escape(&model::basis_words(one, self.language))
            );
        }
    }

    fn side(&mut self, heading: &str, text: &str, evidence: &[Evidence]) {
        let _ = write!(self.out, "<div class=\"side\"><h5>{heading}</h5>");
        // The quote itself says it when the text only repeats the quote.
        if !text.is_empty() && !evidence.iter().any(|e| e.quote() == text) {
            let _ = write!(self.out, "<p>{}</p>", escape(text));
        }
        self.quotes(evidence);
        if text.is_empty() && evidence.is_empty() {
            self.raw("<p class=\"none\">—</p>");
        }
        self.raw("</div>");
    }

    fn quotes(&mut self, evidence: &[Evidence]) {
        for one in evidence {
            let _ = write!(
                self.out,
                "<blockquote>{}<cite>{} · {}</cite></blockquote>",
                escape(one.quote()),
                escape(one.file()),
                self.page(one.page()),
            );
        }
    }

    fn page(&self, page: u32) -> String {
        match self.language {
            Language::Zh => format!("第 {page} 页"),
            Language::En => format!("p. {page}"),
        }
    }

    fn facts(&mut self, review: &Review) {
        let heading = self.say("项目信息", "Project facts");
        let _ = write!(self.out, "<section id=\"facts\"><h2>{heading}</h2><table class=\"facts\"><tbody>");
        let mut missing = Vec::new();
        for (key, field) in model::fields(review) {
            let name = field_name(key, self.language);
            if matches!(field.status(), FieldStatus::NotFound) {
                missing.push(name);
                continue;
            }
            let words = model::field_words(field, self.language);
            let _ = write!(
                self.out,
                "<tr class=\"{}\"><th>{}</th><td>{}</td><td>",
                field.status().as_str(),
                escape(&name),
                escape(&words)
            );
            self.quotes(field.evidence().get(..2).unwrap_or(field.evidence()));
            self.raw("</td></tr>");
        }
        self.raw("</tbody></table>");
        if !missing.is_empty() {
            let label = self.say("文件中未找到", "Not found in the documents");
            let _ = write!(self.out, "<p class=\"meta\">{label}: {}</p>", escape(&missing.join(self.say("、", ", "))));
        }
        self.raw("</section>");
    }

    fn changes(&mut self, changes: &[Change]) {
        if changes.is_empty() {
            return;
        }
        let heading = self.say("补遗与变更", "What addenda change");
        let _ = write!(self.out, "<section id=\"changes\"><h2>{heading}</h2><table class=\"facts\"><tbody>");
        for change in changes {
            let before = change.before.as_deref().map_or(String::new(), |b| format!("<s>{}</s> → ", escape(b)));
            let _ = write!(
                self.out,
                "<tr><th>{}</th><td>{before}<b>{}</b></td><td>",
                escape(&change.subject),
                escape(&change.after)
            );
            self.quotes(std::slice::from_ref(&change.evidence));
            self.raw("</td></tr>");
        }
        self.raw("</tbody></table></section>");
    }

    fn risks(&mut self, review: &Review) {
        let heading = self.say("废标与其他风险", "Risks");
        let _ = write!(self.out, "<section id=\"risks\"><h2>{heading}</h2>");
        let legal = model::legal_words(&review.facts.legal, self.language);
        let _ = write!(self.out, "<p class=\"meta\">{}</p>", escape(&legal));
        self.quotes(&review.facts.legal.regime_evidence);
        for risk in model::risks(review) {
            let kind = match risk.risk_type {
                RiskType::MustReject => self.say("可致废标", "can disqualify"),
                RiskType::Other => self.say("其他", "other"),
            };
            let _ = write!(
                self.out,
                "<details class=\"hazard {0}\"><summary><span class=\"badge {0}\">{1}</span><span class=\"badge plain\">{kind}</span>{2}</summary>\
                 <p>{3}</p><p><b>{4}</b> {5}</p><p class=\"meta\">{6} · {7}{8}</p>",
                risk.severity.as_str(),
                labels::severity(risk.severity).in_language(self.language),
                escape(risk.title_in(self.language)),
                escape(risk.description_in(self.language)),
                self.say("建议：", "What to do:"),
                escape(risk.suggestion_in(self.language)),
                labels::certainty(risk.certainty).in_language(self.language),
                escape(&risk.rule_id),
                risk.law_in(self.language).map_or_else(String::new, |law| format!(" · {}", escape(&law))),
            );
            self.basis(&risk.basis, model::basis_label(true, self.language));
            self.quotes(risk.evidence());
            self.raw("</details>");
        }
        self.raw("</section>");
    }

    fn matrix(&mut self, review: &Review) {
        let heading = self.say("要求响应矩阵", "Compliance matrix");
        let _ = write!(self.out, "<section id=\"matrix\"><h2>{heading}</h2>");
        let rows = model::matrix(review);
        if rows.is_empty() {
            let none = self.say("没有投标文件可对照", "there is no bid to compare");
            let _ = write!(self.out, "<p class=\"meta\">{none}</p></section>");
            return;
        }
        let demand = self.say("要求", "Requirement");
        let _ = write!(self.out, "<div class=\"scroll\"><table class=\"matrix\"><thead><tr><th>{demand}</th>");
        for bid in &review.bids {
            let _ = write!(self.out, "<th>{}</th>", escape(&bid.bidder_name));
        }
        self.raw("</tr></thead><tbody>");
        for row in rows {
            let page = row.requirement.evidence().first().map_or_else(String::new, |e| self.page(e.page()));
            let _ = write!(
                self.out,
                "<tr><td>{}{} <span class=\"meta\">{page}</span></td>",
                if row.requirement.rigid { "<b class=\"bad\">●</b> " } else { "" },
                escape(&row.requirement.text),
            );
            for finding in &row.verdicts {
                match finding {
                    Some(finding) => {
                        let verdict = finding.verdict();
                        let _ = write!(
                            self.out,
                            "<td class=\"{}\" title=\"{}\">{}</td>",
                            verdict.as_str(),
                            escape(finding.remark_in(self.language)),
                            labels::verdict(verdict).in_language(self.language)
                        );
                    }
                    None => self.raw("<td class=\"none\">—</td>"),
                }
            }
            self.raw("</tr>");
        }
        self.raw("</tbody></table></div></section>");
    }

    fn scoring(&mut self, review: &Review) {
        let heading = self.say("评分", "Scoring");
        let _ = write!(self.out, "<section id=\"scoring\"><h2>{heading}</h2>");
        if review.facts.scoring.items.is_empty() {
            let none = self.say("未找到评分表", "no scoring table was found");
            let _ = write!(self.out, "<p class=\"meta\">{none}</p></section>");
            return;
        }
        let (item, points, rule) =
            (self.say("评分项", "Item"), self.say("分值", "Points"), self.say("评分标准", "Rule"));
        let _ =
            write!(self.out, "<table><thead><tr><th>{item}</th><th>{points}</th><th>{rule}</th></tr></thead><tbody>");
        for score in &review.facts.scoring.items {
            let place = score.evidence.first().map_or_else(String::new, |e| self.page(e.page()));
            let _ = write!(
                self.out,
                "<tr><td>{}</td><td>{}</td><td>{} <span class=\"meta\">{place}</span></td></tr>",
                escape(&score.item),
                score.points.value(),
                escape(&score.rule),
            );
        }
        self.raw("</tbody></table></section>");
    }

    fn files(&mut self, review: &Review) {
        let heading = self.say("文件", "Files");
        let _ = write!(self.out, "<section id=\"files\"><h2>{heading}</h2><table><tbody>");
        let tender = self.say("招标文件", "Tender");
        for file in &review.tender_files {
            self.file(tender, file);
        }
        for bid in &review.bids {
            for file in &bid.files {
                self.file(&bid.bidder_name, file);
            }
        }
        self.raw("</tbody></table></section>");
    }

    fn file(&mut self, owner: &str, file: &FileSummary) {
        let pages = match self.language {
            Language::Zh => format!("{} 页", file.pages),
            Language::En => format!("{} pages", file.pages),
        };
        let _ = write!(
            self.out,
            "<tr><th>{}</th><td>{} <span class=\"meta\">{pages} · SHA-256 {}</span>",
            escape(owner),
            escape(&file.name),
            escape(&file.sha256),
        );
        for issue in file.issues.iter().filter(|i| i.severity != IssueSeverity::Info) {
            let page = issue.page.map_or_else(String::new, |p| format!("{} ", self.page(p)));
            let _ = write!(self.out, "<p class=\"bad\">{page}{}</p>", escape(&issue.detail));
        }
        self.raw("</td></tr>");
    }
}

/// Text as HTML shows it; quotes too, so that it is safe inside an attribute.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && c != '\n' && c != '\t' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
