//! Values through real Python: written here, loaded and dumped there in every protocol, read here again.

use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rq_wire::pickle::{self, Protocol};
use rq_wire::{Value, json};

use crate::support::python::Version;

fn any_value(json_only: bool) -> BoxedStrategy<Value> {
    let number = |(high, low): (i64, u64)| {
        Value::BigInt((num_bigint::BigInt::from(high) << 64) + num_bigint::BigInt::from(low) + (1u128 << 70))
    };
    let plain = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (-70_000i64..70_000).prop_map(Value::Int),
        (0..i64::MAX, any::<u64>()).prop_map(number),
        any::<f64>().prop_filter("NaN is not equal to itself", |f| !f.is_nan()).prop_map(Value::Float),
        any::<String>().prop_map(Value::Str),
    ];
    let leaf = match json_only {
        true => plain.boxed(),
        false => {
            prop_oneof![3 => plain, 1 => proptest::collection::vec(any::<u8>(), 0..300).prop_map(Value::Bytes)].boxed()
        }
    };
    let tree = leaf.prop_recursive(4, 48, 6, move |inner| {
        let list = proptest::collection::vec(inner.clone(), 0..6);
        let dict = proptest::collection::btree_map(any::<String>(), inner.clone(), 0..5)
            .prop_map(|map| Value::Dict(map.into_iter().map(|(key, value)| (Value::Str(key), value)).collect()));
        match json_only {
            true => prop_oneof![list.prop_map(Value::List), dict].boxed(),
            false => prop_oneof![
                list.clone().prop_map(Value::List),
                list.prop_map(Value::Tuple),
                dict,
                // One element: Python keeps no order of more.
                any::<i64>().prop_map(|number| Value::Set(vec![Value::Int(number)])),
            ]
            .boxed(),
        }
    });
    tree.boxed()
}

fn values(json_only: bool) -> Vec<Value> {
    let mut runner = TestRunner::deterministic();
    let strategy = any_value(json_only);
    (0..400).map(|_| strategy.new_tree(&mut runner).expect("a value").current()).collect()
}

/// Feeds lines to a Python script and replies its lines.
fn through_python(script: &str, lines: &[String]) -> Vec<String> {
    let python = Version::Three.environment().join("bin/python");
    let mut child =
        Command::new(python).args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python");
    let (mut stdin, text) = (child.stdin.take().expect("its input"), lines.join("\n"));
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("its output");
    writer.join().expect("the writer").expect("all lines written");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal digits");
    (0..text.len()).step_by(2).map(byte).collect()
}

#[test]
fn pickles_survive_python_in_every_protocol() {
    let values = values(false);
    for protocol in [Protocol::V2, Protocol::V3, Protocol::V4] {
        let lines: Vec<_> = values.iter().map(|value| hex(&pickle::write(value, protocol))).collect();
        let script = "import sys, pickle\n\
            for line in sys.stdin:\n\
            \x20   value = pickle.loads(bytes.fromhex(line))\n\
            \x20   for protocol in range(6): print(pickle.dumps(value, protocol).hex())";
        let answers = through_python(script, &lines);
        assert_eq!(answers.len(), values.len() * 6);
        for (value, answers) in values.iter().zip(answers.chunks(6)) {
            for (theirs, answer) in answers.iter().enumerate() {
                assert_eq!(pickle::read(&unhex(answer)).as_ref(), Ok(value), "{protocol:?}, then protocol {theirs}");
            }
        }
    }
}

#[test]
fn json_is_byte_for_byte_what_python_writes() {
    let values = values(true);
    let lines: Vec<_> = values.iter().map(|value| hex(&json::write(value).expect("JSON"))).collect();
    let script = "import sys, json\n\
        for line in sys.stdin: print(json.dumps(json.loads(bytes.fromhex(line))).encode().hex())";
    let answers = through_python(script, &lines);
    assert_eq!(answers.len(), values.len());
    for ((value, line), answer) in values.iter().zip(&lines).zip(&answers) {
        assert_eq!(json::read(&unhex(answer)).as_ref(), Ok(value));
        // Only the spelling of floats may differ.
        if !format!("{value:?}").contains("Float") {
            assert_eq!(line, answer);
        }
    }
}
