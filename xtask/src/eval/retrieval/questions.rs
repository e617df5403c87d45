//! How people ask for the labelled facts: the name of each, and two questions, in both languages.
//!
//! Written from what the fields mean; no words of a label or of one document are copied.

/// A field, and what is typed into the search box to find it: its name first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) key: &'static str,
    pub(super) zh: [&'static str; 3],
    pub(super) en: [&'static str; 3],
}

const fn asked(key: &'static str, zh: [&'static str; 3], en: [&'static str; 3]) -> Asked {
    Asked { key, zh, en }
}

pub(super) const QUESTIONS: &[Asked] = &[
    asked(
        "project_name",
        ["项目名称", "这个项目叫什么名称？", "本次招标的项目名称是什么"],
        ["project name", "What is the name of the work?", "Which work is this tender for?"],
    ),
    asked(
        "tender_no",
        ["项目编号", "招标编号是多少？", "这份招标文件的项目编号是什么"],
        ["tender number", "What is the tender reference number?", "tender no and date"],
    ),
    asked(
        "buyer_name",
        ["采购人", "采购人是谁？", "招标人的名称是什么"],
        ["buyer", "Who is the purchaser?", "What is the name of the employer?"],
    ),
    asked(
        "agency_name",
        ["代理机构", "招标代理机构是哪家？", "采购代理机构的名称"],
        ["agency", "Which procurement agency runs the tender?", "name of the tendering agency"],
    ),
    asked(
        "procurement_method",
        ["采购方式", "本项目采用什么采购方式？", "是公开招标还是竞争性磋商"],
        ["procurement method", "What is the method of procurement?", "Is it an open tender?"],
    ),
    asked(
        "category",
        ["项目类别", "本项目属于货物、服务还是工程？", "采购项目属性"],
        ["procurement category", "Are goods, services or works procured?", "What is the scope of the engagement?"],
    ),
    asked(
        "budget",
        ["预算金额", "项目预算是多少？", "采购预算金额多少元"],
        ["budget", "How much is the budget?", "estimated cost of the work"],
    ),
    asked(
        "max_price",
        ["最高限价", "投标报价的最高限价是多少？", "投标报价不得超过多少"],
        ["maximum price", "What is the ceiling price?", "Which price must a bid not exceed?"],
    ),
    asked(
        "bid_bond",
        ["投标保证金", "投标保证金要交多少？", "是否需要缴纳投标保证金"],
        ["bid bond", "How much earnest money deposit is required?", "amount of bid security"],
    ),
    asked(
        "performance_bond",
        ["履约保证金", "履约保证金是多少？", "中标后需要提交履约担保吗"],
        ["performance bond", "How much performance security is required?", "percentage of the security deposit"],
    ),
    asked(
        "bid_deadline",
        ["投标截止时间", "投标文件什么时候截止提交？", "递交投标文件的截止时间是几点"],
        ["bid deadline", "When is the last date of bid submission?", "due date and time for submission of bids"],
    ),
    asked(
        "opening_time",
        ["开标时间", "什么时候开标？", "开标的日期和时间"],
        ["opening time", "When are the bids opened?", "date and time of bid opening"],
    ),
    asked(
        "opening_place",
        ["开标地点", "在哪里开标？", "开标的地点是什么地方"],
        ["opening place", "Where are the bids opened?", "venue of bid opening"],
    ),
    asked(
        "bid_place",
        ["投标文件递交地点", "投标文件提交到哪里？", "投标文件通过什么平台或在什么地点提交"],
        ["place of bid submission", "Where are bids submitted?", "portal for submission of bids"],
    ),
    asked(
        "doc_obtain_start",
        ["招标文件获取开始时间", "什么时候可以开始获取招标文件？", "招标文件从哪天起领取"],
        [
            "tender document available from",
            "From when can the tender documents be obtained?",
            "start of download of tender documents",
        ],
    ),
    asked(
        "doc_obtain_end",
        ["招标文件获取截止时间", "获取招标文件到什么时候截止？", "招标文件领取到哪天为止"],
        [
            "tender document available until",
            "Until when can the tender documents be obtained?",
            "end of download of tender documents",
        ],
    ),
    asked(
        "clarification_deadline",
        ["澄清截止时间", "对招标文件有疑问应在什么时候之前提出？", "提问的截止时间"],
        ["clarification deadline", "Until when can queries be sent?", "last date for pre-bid queries"],
    ),
    asked(
        "bid_validity_days",
        ["投标有效期", "投标有效期是多少天？", "投标文件的有效期有多长"],
        ["bid validity", "For how many days must bids remain valid?", "validity period of the offer"],
    ),
    asked(
        "contract_duration",
        ["合同履行期限", "交货期或服务期是多久？", "合同签订后多少天内完成"],
        ["contract period", "How long is the contract period?", "time of completion or delivery"],
    ),
    asked(
        "place",
        ["交货地点", "在什么地点交货或提供服务？", "项目实施地点在哪里"],
        ["place of performance", "Where are the services performed?", "location of the work"],
    ),
    asked(
        "warranty_period",
        ["质保期", "质保期是多少年？", "免费保修期有多长"],
        ["warranty period", "How long is the warranty?", "guarantee period"],
    ),
    asked(
        "payment_terms",
        ["付款方式", "合同款怎么支付？", "付款条件和支付比例"],
        ["payment terms", "How is the contractor paid?", "terms of payment and bills"],
    ),
    asked(
        "consortium",
        ["联合体投标", "是否接受联合体投标？", "可以组成联合体参加吗"],
        ["consortium", "Is a consortium allowed?", "Are joint ventures allowed to bid?"],
    ),
    asked(
        "subcontracting",
        ["分包", "是否允许分包？", "中标后可以把项目分包给别人吗"],
        ["subcontracting", "Is subcontracting allowed?", "May the work be sublet?"],
    ),
    asked(
        "copies",
        ["投标文件份数", "投标文件要交几份？", "正本和副本各多少份"],
        ["number of copies", "How many copies of the bid are required?", "hard copy of the bid"],
    ),
    asked(
        "evaluation_method",
        ["评标方法", "采用什么评标办法？", "评标用综合评分法还是最低价法"],
        ["evaluation method", "How are bids evaluated?", "basis of selection of the successful bidder"],
    ),
    asked(
        "lots",
        ["标段划分", "本项目分几个包？", "是否划分标段"],
        ["number of lots", "Is the tender divided into lots?", "award by lot or in total"],
    ),
    asked(
        "imports_allowed",
        ["进口产品", "是否允许采购进口产品？", "可以投进口产品吗"],
        ["imported products", "Are imported goods allowed?", "country of origin"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scored_field_is_asked_for_once() {
        let keys: Vec<&str> = QUESTIONS.iter().map(|asked| asked.key).collect();
        assert_eq!(keys, super::super::super::tenders::KEYS);
    }
}
