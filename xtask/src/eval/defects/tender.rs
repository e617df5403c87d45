//! Invented tenders of several kinds, each in the manner of its kind.

use super::word::{Block, heading, paragraph, table};

/// A figure the tender demands.
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    /// At least this much; otherwise at most.
    pub(crate) at_least: bool,
    pub(crate) value: u32,
    pub(crate) unit: &'static str,
    pub(crate) mark: &'static str,
}

const fn at_least(name: &'static str, value: u32, unit: &'static str, mark: &'static str) -> Parameter {
    Parameter { name, at_least: true, value, unit, mark }
}

const fn at_most(name: &'static str, value: u32, unit: &'static str, mark: &'static str) -> Parameter {
    Parameter { name, at_least: false, value, unit, mark }
}

/// A range that the offered one must hold.
pub(crate) struct Range {
    pub(crate) name: &'static str,
    pub(crate) low: i32,
    pub(crate) high: i32,
    pub(crate) unit: &'static str,
    pub(crate) mark: &'static str,
}

/// A figure demanded in a sentence, with answers in several manners; `{}` stands for the figure and its unit.
pub(crate) struct Promise {
    pub(crate) asked: &'static str,
    pub(crate) answers: [&'static str; 4],
    pub(crate) at_least: bool,
    pub(crate) value: u32,
    pub(crate) unit: &'static str,
}

/// A grade of a ladder: what it grades, the grade asked, one below and one above.
pub(crate) struct Grade {
    pub(crate) of: &'static str,
    pub(crate) asked: &'static str,
    pub(crate) below: &'static str,
    pub(crate) above: &'static str,
}

/// What a kind of tender calls things.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// 招标、投标
    Open,
    /// 磋商、响应
    Consultation,
}

pub(crate) struct Tender {
    pub(crate) manner: Manner,
    pub(crate) name: &'static str,
    pub(crate) number: &'static str,
    pub(crate) buyer: &'static str,
    pub(crate) agency: &'static str,
    /// Yuan.
    pub(crate) ceiling: u64,
    pub(crate) validity_days: u32,
    /// What the time of performance is called, and its days.
    pub(crate) period: (&'static str, u32),
    /// Months, 0 without a warranty.
    pub(crate) warranty_months: u32,
    pub(crate) bond: u64,
    /// Year, month, day of July 2031 and later.
    pub(crate) deadline: (u32, u32, u32),
    pub(crate) parameters: &'static [Parameter],
    pub(crate) certificate: &'static str,
    pub(crate) items: &'static [(&'static str, &'static str, u32)],
    pub(crate) experience: u32,
    /// Ten thousands of yuan of each reference, 0 where the size does not matter.
    pub(crate) reference_min: u64,
    /// Percent paid in advance, 0 where nothing is.
    pub(crate) prepaid: u32,
    pub(crate) ranges: &'static [Range],
    /// What has a code of protection, and the code.
    pub(crate) protection: Option<(&'static str, u32)>,
    pub(crate) promises: &'static [Promise],
    pub(crate) firm: Option<Grade>,
    /// The post, and the grade of its holder.
    pub(crate) person: Option<(&'static str, Grade)>,
    /// The maker's letter is asked for.
    pub(crate) letter: bool,
    /// Answers that copy the demand are not accepted.
    pub(crate) own_figures: bool,
}

/// A tender that asks for nothing of what only some ask for.
const PLAIN: Tender = Tender {
    manner: Manner::Open,
    name: "",
    number: "",
    buyer: "",
    agency: "",
    ceiling: 0,
    validity_days: 90,
    period: ("", 0),
    warranty_months: 0,
    bond: 0,
    deadline: (2031, 7, 1),
    parameters: &[],
    certificate: "",
    items: &[],
    experience: 1,
    reference_min: 0,
    prepaid: 0,
    ranges: &[],
    protection: None,
    promises: &[],
    firm: None,
    person: None,
    letter: false,
    own_figures: false,
};

const ARRIVAL: Promise = Promise {
    asked: "接到故障通知后{}内到达现场",
    answers: [
        "我公司接到故障通知后{}内到达现场处理。",
        "接到故障通知后，我方技术人员保证{}内到达现场。",
        "接到采购人的故障通知后，最迟{}内到达现场。",
        "我方在接到故障通知后{}以内到达现场，随车携带备件。",
    ],
    at_least: false,
    value: 4,
    unit: "小时",
};
const TRAINING: Promise = Promise {
    asked: "免费培训操作人员不少于{}",
    answers: [
        "免费培训操作人员{}，培训资料由我方提供。",
        "我方免费为采购人培训操作人员{}。",
        "本项目免费培训操作人员共{}，直至能独立操作。",
        "免费培训的操作人员为{}。",
    ],
    at_least: true,
    value: 6,
    unit: "人",
};
const PATROL: Promise = Promise {
    asked: "现场巡检每月不少于{}",
    answers: [
        "现场巡检每月{}，并留存记录。",
        "我方安排专人每月现场巡检{}。",
        "每月进行现场巡检{}，发现问题当日报告。",
        "现场巡检的频次为每月{}。",
    ],
    at_least: true,
    value: 4,
    unit: "次",
};
const MANAGER_YEARS: Promise = Promise {
    asked: "项目负责人从事同类工作不少于{}",
    answers: [
        "项目负责人从事同类工作{}，熟悉本项目的特点。",
        "拟派项目负责人从事同类工作已有{}。",
        "我方项目负责人具有{}的同类工作经历。",
        "项目负责人从事同类工作的年限为{}。",
    ],
    at_least: true,
    value: 6,
    unit: "年",
};
const COVER: Promise = Promise {
    asked: "为服务人员购买的意外伤害保险每人保额不少于{}",
    answers: [
        "我方为服务人员购买意外伤害保险，每人保额{}。",
        "服务人员的意外伤害保险由我方购买，每人保额为{}。",
        "为全体服务人员购买每人保额{}的意外伤害保险。",
        "意外伤害保险：为每名服务人员购买，每人保额达到{}。",
    ],
    at_least: true,
    value: 60,
    unit: "万元",
};

pub(crate) static TENDERS: [Tender; 8] = [
    Tender {
        manner: Manner::Open,
        name: "栖溪县第二中学实验室设备采购项目",
        number: "QXZB-2031-018",
        buyer: "栖溪县教育装备中心",
        agency: "栖溪正衡工程咨询有限公司",
        ceiling: 1_860_000,
        validity_days: 90,
        period: ("交货期", 45),
        warranty_months: 36,
        bond: 30_000,
        deadline: (2031, 8, 14),
        parameters: &[
            at_least("实验台台面厚度", 13, "mm", "★"),
            at_least("通风柜排风量", 1500, "m³/h", "★"),
            at_most("通风柜运行噪声", 60, "dB", "▲"),
            at_least("教师演示台屏幕尺寸", 21, "英寸", ""),
        ],
        certificate: "质量管理体系认证证书",
        items: &[("学生实验台", "张", 56), ("通风柜", "台", 8), ("教师演示台", "套", 4), ("药品柜", "个", 12)],
        experience: 2,
        prepaid: 30,
        ranges: &[Range { name: "试剂柜工作温度", low: 2, high: 45, unit: "℃", mark: "" }],
        protection: Some(("通风柜控制面板", 54)),
        promises: &[ARRIVAL, TRAINING],
        own_figures: true,
        ..PLAIN
    },
    Tender {
        manner: Manner::Open,
        name: "沅陌区滨河步道提升工程施工",
        number: "沅陌建招〔2031〕27号",
        buyer: "沅陌区城市建设事务中心",
        agency: "沅陌中信诚项目管理有限公司",
        ceiling: 6_420_000,
        validity_days: 120,
        period: ("计划工期", 150),
        warranty_months: 24,
        bond: 100_000,
        deadline: (2031, 9, 3),
        parameters: &[
            at_least("透水混凝土抗压强度", 25, "MPa", "★"),
            at_least("护栏立柱壁厚", 3, "mm", ""),
            at_most("路面平整度偏差", 5, "mm", ""),
        ],
        certificate: "安全生产许可证",
        items: &[("路基工程", "项", 1), ("透水铺装", "项", 1), ("护栏安装", "项", 1), ("照明工程", "项", 1)],
        experience: 1,
        prepaid: 20,
        protection: Some(("步道灯具", 65)),
        reference_min: 300,
        firm: Some(Grade {
            of: "市政公用工程施工总承包", asked: "二级", below: "三级", above: "一级"
        }),
        person: Some(("项目经理", Grade { of: "注册建造师", asked: "一级", below: "二级", above: "一级" })),
        promises: &[PATROL],
        ..PLAIN
    },
    Tender {
        manner: Manner::Open,
        name: "云墅市政务服务中心物业管理服务",
        number: "YSZC2031-G-0096",
        buyer: "云墅市政务服务中心",
        agency: "云墅市公共资源采购代理有限公司",
        ceiling: 2_380_000,
        validity_days: 90,
        period: ("服务期", 365),
        warranty_months: 0,
        bond: 40_000,
        deadline: (2031, 7, 25),
        parameters: &[
            at_least("保安人员数量", 18, "人", "★"),
            at_least("保洁人员数量", 22, "人", ""),
            at_most("报修响应时间", 30, "分钟", "▲"),
        ],
        certificate: "职业健康安全管理体系认证证书",
        items: &[("保安服务", "年", 1), ("保洁服务", "年", 1), ("设施维护", "年", 1), ("会务服务", "年", 1)],
        experience: 3,
        prepaid: 0,
        promises: &[COVER, MANAGER_YEARS],
        reference_min: 90,
        ..PLAIN
    },
    Tender {
        manner: Manner::Consultation,
        name: "临蓼县应急指挥平台升级项目",
        number: "LLCS-2031-005",
        buyer: "临蓼县应急管理局",
        agency: "临蓼信达招标代理有限公司",
        ceiling: 980_000,
        validity_days: 60,
        period: ("交付期", 60),
        warranty_months: 36,
        bond: 15_000,
        deadline: (2031, 7, 11),
        parameters: &[
            at_least("平台并发用户数", 500, "个", "★"),
            at_most("页面响应时间", 3, "秒", "★"),
            at_least("视频接入路数", 200, "路", ""),
            at_least("数据保存时间", 180, "天", "▲"),
        ],
        certificate: "信息安全服务资质证书",
        items: &[
            ("指挥平台软件", "套", 1),
            ("视频汇聚模块", "套", 1),
            ("应用服务器", "台", 2),
            ("实施与培训", "项", 1),
        ],
        experience: 1,
        prepaid: 40,
        promises: &[ARRIVAL, MANAGER_YEARS],
        person: Some((
            "项目负责人",
            Grade { of: "职称", asked: "高级工程师", below: "助理工程师", above: "正高级工程师" },
        )),
        ..PLAIN
    },
    Tender {
        manner: Manner::Open,
        name: "涪桥区人民医院彩色超声诊断系统采购",
        number: "FQYY[2031]货-12",
        buyer: "涪桥区人民医院",
        agency: "涪桥华益招标有限公司",
        ceiling: 3_150_000,
        validity_days: 90,
        period: ("供货期", 30),
        warranty_months: 60,
        bond: 50_000,
        deadline: (2031, 8, 28),
        parameters: &[
            at_least("显示器尺寸", 23, "英寸", "★"),
            at_least("探头接口", 4, "个", "★"),
            at_least("最大扫描深度", 300, "mm", ""),
            at_most("整机重量", 120, "kg", ""),
        ],
        certificate: "医疗器械经营许可证",
        items: &[("彩色超声主机", "台", 1), ("腹部探头", "把", 2), ("心脏探头", "把", 1), ("工作站", "套", 1)],
        experience: 2,
        prepaid: 30,
        ranges: &[
            Range { name: "探头频率范围", low: 2, high: 12, unit: "MHz", mark: "★" },
            Range { name: "工作环境温度", low: 5, high: 40, unit: "℃", mark: "" },
        ],
        promises: &[ARRIVAL, TRAINING],
        letter: true,
        own_figures: true,
        ..PLAIN
    },
    Tender {
        manner: Manner::Consultation,
        name: "荇州市水资源规划编制服务",
        number: "XZSL-CS-2031-11",
        buyer: "荇州市水利局",
        agency: "荇州博诚咨询有限公司",
        ceiling: 720_000,
        validity_days: 60,
        period: ("服务期限", 180),
        warranty_months: 0,
        bond: 10_000,
        deadline: (2031, 10, 16),
        parameters: &[
            at_least("项目组高级职称人员", 3, "人", "★"),
            at_least("现场调研次数", 6, "次", ""),
            at_most("修改意见答复时间", 5, "个工作日", ""),
        ],
        certificate: "工程咨询单位资信证书",
        items: &[("现状调查", "项", 1), ("规划编制", "项", 1), ("专题研究", "项", 2), ("成果汇报", "项", 1)],
        experience: 2,
        prepaid: 35,
        firm: Some(Grade { of: "工程咨询单位资信", asked: "甲级", below: "乙级", above: "甲级" }),
        person: Some((
            "项目负责人",
            Grade { of: "职称", asked: "高级工程师", below: "中级工程师", above: "正高级工程师" },
        )),
        reference_min: 40,
        ..PLAIN
    },
    Tender {
        manner: Manner::Open,
        name: "棠溪镇生活垃圾压缩设备购置",
        number: "TXZ-HW-2031-33",
        buyer: "棠溪镇人民政府",
        agency: "棠溪立信工程管理有限公司",
        ceiling: 1_240_000,
        validity_days: 90,
        period: ("交货时间", 60),
        warranty_months: 24,
        bond: 20_000,
        deadline: (2031, 9, 19),
        parameters: &[
            at_least("压缩机推力", 300, "kN", "★"),
            at_least("单次处理量", 8, "吨", "★"),
            at_most("作业循环时间", 40, "秒", ""),
            at_least("箱体板材厚度", 5, "mm", ""),
        ],
        certificate: "环境管理体系认证证书",
        items: &[("垃圾压缩机", "台", 2), ("密封箱体", "个", 4), ("除臭系统", "套", 1), ("电控系统", "套", 1)],
        experience: 2,
        prepaid: 30,
        ranges: &[Range { name: "设备工作环境温度", low: -20, high: 45, unit: "℃", mark: "★" }],
        protection: Some(("电控箱", 55)),
        promises: &[ARRIVAL, PATROL],
        letter: true,
        ..PLAIN
    },
    Tender {
        manner: Manner::Open,
        name: "砚湖新区中心小学扩建工程监理",
        number: "YHXQ-JL-2031-07",
        buyer: "砚湖新区教育局",
        agency: "砚湖公正工程咨询有限公司",
        ceiling: 860_000,
        validity_days: 90,
        period: ("监理服务期", 420),
        bond: 12_000,
        deadline: (2031, 8, 6),
        parameters: &[
            at_least("现场监理人员数量", 7, "人", "★"),
            at_least("总监理工程师每月驻场时间", 20, "天", "★"),
            at_most("监理通知单签发时间", 4, "小时", ""),
        ],
        certificate: "质量管理体系认证证书",
        items: &[("施工阶段监理", "项", 1), ("保修阶段监理", "项", 1), ("旁站与平行检验", "项", 1)],
        experience: 2,
        reference_min: 50,
        promises: &[PATROL, MANAGER_YEARS],
        firm: Some(Grade { of: "房屋建筑工程监理", asked: "甲级", below: "乙级", above: "甲级" }),
        person: Some((
            "总监理工程师",
            Grade { of: "职称", asked: "高级工程师", below: "工程师", above: "正高级工程师" },
        )),
        ..PLAIN
    },
];

/// `1,860,000.00`.
pub(crate) fn figures(yuan: u64) -> String {
    let digits = yuan.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    format!("{out}.00")
}

impl Tender {
    pub(crate) fn words(&self) -> (&'static str, &'static str, &'static str) {
        match self.manner {
            Manner::Open => ("投标", "招标", "投标人"),
            Manner::Consultation => ("响应", "磋商", "供应商"),
        }
    }

    pub(crate) fn limit(&self, parameter: &Parameter) -> String {
        let sign = if parameter.at_least { "≥" } else { "≤" };
        format!("{}{sign}{}{}", parameter.name, parameter.value, parameter.unit)
    }

    pub(crate) fn span(&self, range: &Range) -> String {
        format!("{}{}：{}{unit}～{}{unit}", range.mark, range.name, range.low, range.high, unit = range.unit)
    }

    pub(crate) fn code(&self, name: &str, code: u32) -> String {
        format!("{name}防护等级不低于IP{code}")
    }

    /// What is paid when, in the tender's words.
    pub(crate) fn payment(&self) -> String {
        match self.prepaid {
            0 => "按季度支付，每季度考核合格后15个工作日内支付当季费用。".to_owned(),
            prepaid => {
                format!("合同签订后支付合同价款的{prepaid}%，验收合格后支付至合同价款的97%，剩余3%作为质量保证金。")
            }
        }
    }

    pub(crate) fn forms(&self) -> Vec<String> {
        let (bid, _, _) = self.words();
        vec![
            format!("{bid}函"),
            (if self.manner == Manner::Open { "开标一览表" } else { "报价一览表" }).to_owned(),
            "分项报价表".to_owned(),
            "法定代表人身份证明".to_owned(),
            "授权委托书".to_owned(),
            "技术偏离表".to_owned(),
            "商务偏离表".to_owned(),
            "类似业绩一览表".to_owned(),
            "服务承诺书".to_owned(),
        ]
    }

    pub(crate) fn text(&self) -> Vec<Block> {
        let (bid, call, bidder) = self.words();
        let (year, month, day) = self.deadline;
        let deadline = format!("{year}年{month}月{day}日9时30分");
        let (period, days) = self.period;
        let mut blocks = vec![
            paragraph(self.name),
            paragraph(format!("{call}文件")),
            paragraph(format!("项目编号：{}", self.number)),
            heading(1, format!("第一章 {}", if self.manner == Manner::Open { "招标公告" } else { "磋商公告" })),
            paragraph(format!("项目名称：{}", self.name)),
            paragraph(format!("项目编号：{}", self.number)),
            paragraph(format!("采购人：{}", self.buyer)),
            paragraph(format!("采购代理机构：{}", self.agency)),
            paragraph(format!("采购方式：{}", if self.manner == Manner::Open { "公开招标" } else { "竞争性磋商" })),
            paragraph(format!("最高限价：{}元，{bid}报价超过最高限价的，按无效{bid}处理。", figures(self.ceiling))),
            paragraph(format!("{period}：合同签订后{days}日历天内。")),
            paragraph("本项目不接受联合体参加，不允许分包和转包。"),
            paragraph(format!(
                "{bidder}资格要求：具有独立承担民事责任的能力，提供有效的营业执照；具有在有效期内的{}。",
                self.certificate
            )),
        ];
        if let Some(firm) = &self.firm {
            blocks.push(paragraph(format!("{bidder}须具有{}{}及以上资质。", firm.of, firm.asked)));
        }
        if let Some((post, grade)) = &self.person {
            let busy = "且未担任其他在建项目的同一职务";
            blocks.push(paragraph(match grade.of {
                "职称" => format!("拟派{post}须具有{}及以上职称，{busy}。", grade.asked),
                of => format!("拟派{post}须具有{}{of}执业资格，{busy}。", grade.asked),
            }));
        }
        if self.letter {
            blocks.push(paragraph(format!("{bidder}须提供所投产品制造商出具的授权书。")));
        }
        blocks.extend([
            paragraph(format!("{bid}文件递交截止时间：{deadline}（北京时间），逾期送达的不予受理。")),
            heading(1, format!("第二章 {bidder}须知")),
            heading(2, "前附表"),
        ]);
        let validity = format!("自{bid}截止之日起{}日历天", self.validity_days);
        let bond = format!("人民币{}元，以银行转账或保函形式提交", figures(self.bond));
        let payment = self.payment();
        let size = match self.reference_min {
            0 => String::new(),
            min => format!("单项合同金额{min}万元及以上的"),
        };
        let experience = format!(
            "自{}年1月1日以来（以合同签订时间为准）{size}类似项目业绩不少于{}项，附合同复印件。",
            year - 3,
            self.experience
        );
        let mut rows: Vec<Vec<String>> = vec![
            vec!["序号".into(), "内容".into(), "说明与要求".into()],
            vec!["1".into(), format!("{bid}有效期"), validity],
            vec!["2".into(), format!("{bid}保证金"), bond],
            vec!["3".into(), "付款方式".into(), payment],
            vec!["4".into(), "业绩要求".into(), experience],
        ];
        if self.warranty_months > 0 {
            rows.push(vec!["5".into(), "质保期".into(), format!("验收合格之日起不少于{}个月", self.warranty_months)]);
        }
        blocks.push(Block::Table(rows));
        blocks.extend([
            heading(2, format!("{bid}文件的编制")),
            paragraph(format!("{bid}文件应由法定代表人或其授权代表签字并加盖单位公章。")),
            paragraph(format!("{bid}报价的大写与小写不一致的，以大写为准。")),
            paragraph(format!("{bid}文件不得含有采购人不能接受的附加条件。")),
            heading(1, "第三章 评审办法"),
            paragraph(format!("采用综合评分法。有下列情形之一的，其{bid}无效：")),
            paragraph(format!("（1）{bid}有效期短于要求的；")),
            paragraph("（2）标★的条款不满足要求的；"),
            paragraph(format!("（3）未按要求提交{bid}保证金的；")),
            paragraph("（4）报价超过最高限价的；"),
            paragraph(format!("（5）{bid}文件缺少要求的格式文件或签字盖章的。")),
            table(&[
                &["评分项", "分值", "评分标准"],
                &["价格", "30", "最低报价为基准价，得分按比例计算"],
                &["技术", "45", "根据技术响应情况打分"],
                &["业绩", "10", "每项业绩得5分"],
                &["服务", "15", "根据服务方案打分"],
            ]),
            heading(1, "第四章 采购需求"),
            heading(2, "技术要求"),
        ]);
        let mut rows: Vec<Vec<String>> = vec![vec!["序号".into(), "指标项".into(), "技术参数要求".into()]];
        for (at, parameter) in self.parameters.iter().enumerate() {
            rows.push(vec![
                (at + 1).to_string(),
                parameter.name.to_owned(),
                format!("{}{}", parameter.mark, self.limit(parameter)),
            ]);
        }
        for range in self.ranges {
            rows.push(vec![rows.len().to_string(), range.name.to_owned(), self.span(range)]);
        }
        if let Some((name, code)) = self.protection {
            rows.push(vec![rows.len().to_string(), format!("{name}防护等级"), self.code(name, code)]);
        }
        blocks.push(Block::Table(rows));
        blocks.push(paragraph("标★的为实质性条款，不满足的作无效处理；标▲的为重要条款。"));
        if self.own_figures {
            blocks.push(paragraph(format!("{bidder}应填写所投产品的实际参数，照抄{call}文件要求的视为未响应。")));
        }
        if !self.promises.is_empty() {
            blocks.push(heading(2, "服务要求"));
        }
        for (at, promise) in self.promises.iter().enumerate() {
            let figure = format!("{}{}", promise.value, promise.unit);
            blocks.push(paragraph(format!("（{}）{}。", at + 1, promise.asked.replace("{}", &figure))));
        }
        blocks.push(heading(2, "商务要求"));
        blocks.push(paragraph(format!("{period}：合同签订后{days}日历天内完成。")));
        blocks.push(paragraph("采购清单："));
        let mut rows: Vec<Vec<String>> = vec![["序号", "名称", "单位", "数量"].map(str::to_owned).to_vec()];
        for (at, (name, unit, count)) in self.items.iter().enumerate() {
            rows.push(vec![(at + 1).to_string(), (*name).to_owned(), (*unit).to_owned(), count.to_string()]);
        }
        blocks.push(Block::Table(rows));
        blocks.push(heading(1, "第五章 合同条款"));
        blocks.push(paragraph("双方按采购文件和成交结果签订合同，未尽事宜协商解决。"));
        blocks.push(heading(1, format!("第六章 {bid}文件格式")));
        for (at, form) in self.forms().iter().enumerate() {
            blocks.push(heading(2, format!("格式{} {form}", at + 1)));
            blocks.push(paragraph(format!("（{bidder}名称）：__________（盖章）")));
            blocks.push(paragraph("日期：____年__月__日"));
        }
        blocks
    }
}
