//! Units of measure: `MPa` and 兆帕, `min` and 小时, so that figures in different units compare.

/// What a unit measures and how many of the base unit it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    /// Units of one quantity compare with each other; the name has no other meaning.
    pub quantity: &'static str,
    pub factor: f64,
}

impl Measure {
    /// Whether it measures a length of time.
    pub fn is_time(self) -> bool {
        matches!(self.quantity, "time" | "calendar")
    }
}

/// Units in which the case of a prefix tells milli from mega.
const CASED: &[(&str, &str, f64)] = &[("mW", "power", 1e-3), ("MW", "power", 1e6), ("mHz", "frequency", 1e-3)];

/// Units in lower case, Chinese ones as they are.
const UNITS: &[(&str, &str, f64)] = &[
    ("nm", "length", 1e-9),
    ("μm", "length", 1e-6),
    ("µm", "length", 1e-6),
    ("um", "length", 1e-6),
    ("微米", "length", 1e-6),
    ("mm", "length", 1e-3),
    ("毫米", "length", 1e-3),
    ("cm", "length", 1e-2),
    ("厘米", "length", 1e-2),
    ("dm", "length", 0.1),
    ("分米", "length", 0.1),
    ("m", "length", 1.0),
    ("米", "length", 1.0),
    ("km", "length", 1e3),
    ("公里", "length", 1e3),
    ("千米", "length", 1e3),
    ("metre", "length", 1.0),
    ("metres", "length", 1.0),
    ("meter", "length", 1.0),
    ("meters", "length", 1.0),
    ("inch", "length", 0.0254),
    ("inches", "length", 0.0254),
    ("英寸", "length", 0.0254),
    ("寸", "length", 0.0254),
    ("mm2", "area", 1e-6),
    ("mm²", "area", 1e-6),
    ("平方毫米", "area", 1e-6),
    ("cm2", "area", 1e-4),
    ("cm²", "area", 1e-4),
    ("平方厘米", "area", 1e-4),
    ("m2", "area", 1.0),
    ("m²", "area", 1.0),
    ("㎡", "area", 1.0),
    ("平方米", "area", 1.0),
    ("平米", "area", 1.0),
    ("ml", "volume", 1e-3),
    ("毫升", "volume", 1e-3),
    ("l", "volume", 1.0),
    ("litre", "volume", 1.0),
    ("litres", "volume", 1.0),
    ("liter", "volume", 1.0),
    ("liters", "volume", 1.0),
    ("升", "volume", 1.0),
    ("m3", "volume", 1e3),
    ("m³", "volume", 1e3),
    ("㎥", "volume", 1e3),
    ("立方米", "volume", 1e3),
    ("立方", "volume", 1e3),
    ("mg", "mass", 1e-6),
    ("毫克", "mass", 1e-6),
    ("g", "mass", 1e-3),
    ("克", "mass", 1e-3),
    ("kg", "mass", 1.0),
    ("千克", "mass", 1.0),
    ("公斤", "mass", 1.0),
    ("t", "mass", 1e3),
    ("吨", "mass", 1e3),
    ("tonne", "mass", 1e3),
    ("tonnes", "mass", 1e3),
    ("ms", "time", 1e-3),
    ("毫秒", "time", 1e-3),
    ("s", "time", 1.0),
    ("秒", "time", 1.0),
    ("秒钟", "time", 1.0),
    ("sec", "time", 1.0),
    ("second", "time", 1.0),
    ("seconds", "time", 1.0),
    ("min", "time", 60.0),
    ("mins", "time", 60.0),
    ("minute", "time", 60.0),
    ("minutes", "time", 60.0),
    ("分钟", "time", 60.0),
    ("h", "time", 3600.0),
    ("hr", "time", 3600.0),
    ("hrs", "time", 3600.0),
    ("hour", "time", 3600.0),
    ("hours", "time", 3600.0),
    ("小时", "time", 3600.0),
    ("w", "power", 1.0),
    ("瓦", "power", 1.0),
    ("kw", "power", 1e3),
    ("千瓦", "power", 1e3),
    ("兆瓦", "power", 1e6),
    ("hp", "power", 745.7),
    ("bhp", "power", 745.7),
    ("马力", "power", 735.5),
    ("va", "apparent power", 1.0),
    ("kva", "apparent power", 1e3),
    ("千伏安", "apparent power", 1e3),
    ("mv", "voltage", 1e-3),
    ("v", "voltage", 1.0),
    ("伏", "voltage", 1.0),
    ("kv", "voltage", 1e3),
    ("千伏", "voltage", 1e3),
    ("ma", "current", 1e-3),
    ("毫安", "current", 1e-3),
    ("a", "current", 1.0),
    ("安", "current", 1.0),
    ("安培", "current", 1.0),
    ("ka", "current", 1e3),
    ("pa", "pressure", 1.0),
    ("帕", "pressure", 1.0),
    ("kpa", "pressure", 1e3),
    ("千帕", "pressure", 1e3),
    ("bar", "pressure", 1e5),
    ("巴", "pressure", 1e5),
    ("mpa", "pressure", 1e6),
    ("兆帕", "pressure", 1e6),
    ("n", "force", 1.0),
    ("牛", "force", 1.0),
    ("牛顿", "force", 1.0),
    ("kn", "force", 1e3),
    ("千牛", "force", 1e3),
    ("hz", "frequency", 1.0),
    ("赫兹", "frequency", 1.0),
    ("khz", "frequency", 1e3),
    ("千赫", "frequency", 1e3),
    ("mhz", "frequency", 1e6),
    ("兆赫", "frequency", 1e6),
    ("ghz", "frequency", 1e9),
    ("℃", "temperature", 1.0),
    ("°c", "temperature", 1.0),
    ("摄氏度", "temperature", 1.0),
    ("db", "sound", 1.0),
    ("分贝", "sound", 1.0),
    ("kb", "storage", 1e3),
    ("mb", "storage", 1e6),
    ("gb", "storage", 1e9),
    ("tb", "storage", 1e12),
    ("kbps", "rate", 1e3),
    ("mbps", "rate", 1e6),
    ("gbps", "rate", 1e9),
    ("lm", "light", 1.0),
    ("流明", "light", 1.0),
    ("lumen", "light", 1.0),
    ("lumens", "light", 1.0),
    ("lx", "illuminance", 1.0),
    ("lux", "illuminance", 1.0),
    ("勒克斯", "illuminance", 1.0),
    ("cd/㎡", "luminance", 1.0),
    ("cd/m2", "luminance", 1.0),
    ("cd/m²", "luminance", 1.0),
    ("nit", "luminance", 1.0),
    ("尼特", "luminance", 1.0),
    ("kwh", "energy", 3.6e6),
    ("kw·h", "energy", 3.6e6),
    ("千瓦时", "energy", 3.6e6),
    ("m/s", "speed", 1.0),
    ("米/秒", "speed", 1.0),
    ("km/h", "speed", 1.0 / 3.6),
    ("公里/小时", "speed", 1.0 / 3.6),
    ("r/min", "rotation", 1.0),
    ("rpm", "rotation", 1.0),
    ("转/分", "rotation", 1.0),
    ("转/分钟", "rotation", 1.0),
    ("ml/min", "flow", 1e-3),
    ("毫升/分钟", "flow", 1e-3),
    ("l/min", "flow", 1.0),
    ("升/分钟", "flow", 1.0),
    ("l/s", "flow", 60.0),
    ("m3/h", "flow", 1e3 / 60.0),
    ("m³/h", "flow", 1e3 / 60.0),
    ("㎥/h", "flow", 1e3 / 60.0),
    ("立方米/小时", "flow", 1e3 / 60.0),
    ("m³/min", "flow", 1e3),
    ("m3/min", "flow", 1e3),
    ("立方米/分钟", "flow", 1e3),
    ("人", "people", 1.0),
    ("名", "people", 1.0),
    ("周岁", "age", 1.0),
    ("岁", "age", 1.0),
    ("person", "people", 1.0),
    ("persons", "people", 1.0),
    ("people", "people", 1.0),
    ("个工作日", "working time", 1.0),
    ("工作日", "working time", 1.0),
    ("日历天", "time", 86_400.0),
    ("周", "time", 604_800.0),
    ("day", "time", 86_400.0),
    ("days", "time", 86_400.0),
    ("week", "time", 604_800.0),
    ("weeks", "time", 604_800.0),
    ("天", "time", 86_400.0),
    ("日", "time", 86_400.0),
    ("年", "calendar", 12.0),
    ("个月", "calendar", 1.0),
    ("year", "calendar", 12.0),
    ("years", "calendar", 12.0),
    ("month", "calendar", 1.0),
    ("months", "calendar", 1.0),
    ("元", "money", 1.0),
    ("万元", "money", 1e4),
    ("亿元", "money", 1e8),
    ("辆", "vehicles", 1.0),
    ("学时", "lessons", 1.0),
    ("课时", "lessons", 1.0),
    ("个", "count", 1.0),
    ("台", "count", 1.0),
    ("套", "count", 1.0),
    ("路", "count", 1.0),
    ("点", "count", 1.0),
    ("只", "count", 1.0),
    ("组", "count", 1.0),
    ("项", "count", 1.0),
    ("次", "count", 1.0),
    ("遍", "count", 1.0),
    ("times", "count", 1.0),
];

/// The measure that `unit` names, as it is written behind a number.
pub fn measure(unit: &str) -> Option<Measure> {
    let found = CASED.iter().find(|(name, ..)| *name == unit).or_else(|| {
        let lower = unit.to_lowercase();
        UNITS.iter().find(|(name, ..)| *name == lower)
    });
    found.map(|&(_, quantity, factor)| Measure { quantity, factor })
}

/// The Chinese units, the longer before those they contain.
pub fn chinese() -> Vec<&'static str> {
    let is_chinese = |name: &&str| name.chars().all(|c| c == '/' || bidlens_domain::fold::is_cjk(c));
    let mut names: Vec<&str> = UNITS.iter().map(|(name, ..)| *name).filter(is_chinese).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.chars().count()));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_one_quantity_compare() {
        let base = |value: f64, unit: &str| measure(unit).map(|m| (m.quantity, value * m.factor));
        assert_eq!(base(4_800.0, "W"), base(4.8, "千瓦"));
        assert_eq!(base(1.5, "小时"), base(90.0, "min"));
        assert_eq!(base(19.5, "千克"), base(19.5, "kg"));
        assert_eq!(base(720.0, "bar").map(|(q, _)| q), Some("pressure"));
        assert_eq!(base(1.0, "MW").map(|(_, v)| v), Some(1e6));
        assert_eq!(base(1.0, "mW").map(|(_, v)| v), Some(1e-3));
        assert_eq!(measure("圈"), None);
        let place = |unit: &str| chinese().iter().position(|u| *u == unit);
        assert!(place("千瓦时") < place("千瓦"), "the longer unit is tried first");
    }
}
