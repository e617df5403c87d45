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
    pub(crate) prepaid: u32,
}

pub(crate) static TENDERS: [Tender; 7] = [
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
        prepaid: 25,
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
            paragraph(format!("{bid}文件递交截止时间：{deadline}（北京时间），逾期送达的不予受理。")),
            heading(1, format!("第二章 {bidder}须知")),
            heading(2, "前附表"),
        ];
        let validity = format!("自{bid}截止之日起{}日历天", self.validity_days);
        let bond = format!("人民币{}元，以银行转账或保函形式提交", figures(self.bond));
        let payment =
            format!("合同签订后支付合同价款的{}%，验收合格后支付至合同价款的97%，剩余3%作为质量保证金。", self.prepaid);
        let experience = format!("近三年类似项目业绩不少于{}项，附合同复印件。", self.experience);
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
        blocks.push(Block::Table(rows));
        blocks.push(paragraph("标★的为实质性条款，不满足的作无效处理；标▲的为重要条款。"));
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
