//! Writes small databases of places in the format of `MaxMind` (<https://maxmind.github.io/MaxMind-DB/>), so that
//! tests need no third-party data. A record is a JSON value without `null`; IPv4 addresses are at the start of IPv6.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::NOON;

// Kinds of values.
const TEXT: u8 = 2;
const DOUBLE: u8 = 3;
const UINT16: u8 = 5;
const UINT32: u8 = 6;
const MAP: u8 = 7;
const UINT64: u8 = 9;
const ARRAY: u8 = 11;
const BOOLEAN: u8 = 14;

/// Where the next bit of an address leads.
#[derive(Clone, Copy)]
enum Branch {
    Nothing,
    Node(usize),
    /// Offset among the records.
    Record(usize),
}

/// The file of places that tests and browser stories share: the documentation networks, and this machine in Tokyo.
pub fn places_file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../end2end/fixtures/places.mmdb")
}

/// What is in [`places_file`].
pub fn places() -> Vec<u8> {
    let city = |city: [&str; 2], country: [&str; 2], latitude: f64, longitude: f64| {
        let names = |[ja, en]: [&str; 2]| json!({ "names": { "ja": ja, "en": en } });
        let location = json!({ "latitude": latitude, "longitude": longitude });
        json!({ "city": names(city), "country": names(country), "location": location })
    };
    let (japan, america) = (["日本", "Japan"], ["アメリカ", "United States"]);
    let networks: [(&[&str], Value); 3] = [
        (&["192.0.2.0/24", "2001:db8::/32", "127.0.0.0/8"], city(["東京", "Tokyo"], japan, 35.68, 139.69)),
        (&["198.51.100.0/24"], city(["大阪市", "Osaka"], japan, 34.69, 135.5)),
        (&["203.0.113.0/24"], city(["ニューヨーク", "New York"], america, 40.71, -74.01)),
    ];
    database("Tegata-Test-City", &networks)
}

/// A database of some kind: networks (`192.0.2.0/24`) with the record they share. Where networks overlap, the later
/// one wins.
pub fn database(kind: &str, networks: &[(&[&str], Value)]) -> Vec<u8> {
    let (mut tree, mut records) = (vec![[Branch::Nothing; 2]], Vec::new());
    for (networks, record) in networks {
        for network in *networks {
            insert(&mut tree, network, Branch::Record(records.len()));
        }
        write(record, &mut records);
    }
    let mut file = Vec::new();
    for branch in tree.iter().flatten() {
        let number = match branch {
            Branch::Nothing => tree.len(),
            Branch::Node(node) => *node,
            Branch::Record(offset) => tree.len() + 16 + offset,
        };
        file.extend(&u32::try_from(number).expect("a small tree").to_be_bytes()[1..]);
    }
    file.extend([0; 16]);
    file.extend(records);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    // Readers require these widths.
    let made = NOON.unsigned_abs() / 1000;
    let numbers = [
        ("binary_format_major_version", UINT16, 2),
        ("binary_format_minor_version", UINT16, 0),
        ("build_epoch", UINT64, made),
        ("ip_version", UINT16, 6),
        ("node_count", UINT32, tree.len() as u64),
        ("record_size", UINT16, 24),
    ];
    let others = [
        ("database_type", json!(kind)),
        ("description", json!({ "en": "Places for tests" })),
        ("languages", json!(["ja", "en"])),
    ];
    control(MAP, numbers.len() + others.len(), &mut file);
    for (key, kind, number) in numbers {
        sized(TEXT, key.as_bytes(), &mut file);
        whole(kind, number, &mut file);
    }
    for (key, value) in others {
        sized(TEXT, key.as_bytes(), &mut file);
        write(&value, &mut file);
    }
    file
}

/// Lets a network lead to a leaf.
fn insert(tree: &mut Vec<[Branch; 2]>, network: &str, leaf: Branch) {
    let (address, length) = network.split_once('/').expect("address/length");
    let length: u32 = length.parse().expect("a length");
    let (bits, length) = match address.parse().expect("an address") {
        IpAddr::V4(v4) => (v4.to_bits().into(), 96 + length),
        IpAddr::V6(v6) => (v6.to_bits(), length),
    };
    let side = |depth: u32| usize::from(bits & (1_u128 << (127 - depth)) != 0);
    let mut node = 0;
    for depth in 0..length - 1 {
        node = match tree[node][side(depth)] {
            Branch::Node(next) => next,
            wider => {
                tree.push([wider; 2]);
                let next = tree.len() - 1;
                tree[node][side(depth)] = Branch::Node(next);
                next
            }
        };
    }
    tree[node][side(length - 1)] = leaf;
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::String(text) => sized(TEXT, text.as_bytes(), out),
        Value::Number(number) => match number.as_u64() {
            Some(number) => whole(if number > u16::MAX.into() { UINT32 } else { UINT16 }, number, out),
            None => sized(DOUBLE, &number.as_f64().expect("a double").to_be_bytes(), out),
        },
        Value::Object(map) => {
            control(MAP, map.len(), out);
            // In a fixed order, whatever order this build of serde_json keeps.
            for (key, value) in map.iter().collect::<BTreeMap<_, _>>() {
                sized(TEXT, key.as_bytes(), out);
                write(value, out);
            }
        }
        Value::Array(list) => {
            control(ARRAY, list.len(), out);
            for value in list {
                write(value, out);
            }
        }
        Value::Bool(flag) => control(BOOLEAN, usize::from(*flag), out),
        Value::Null => unreachable!("the format has no null"),
    }
}

/// A number without its leading zeros.
fn whole(kind: u8, number: u64, out: &mut Vec<u8>) {
    let zeros = number.leading_zeros() as usize / 8;
    sized(kind, &number.to_be_bytes()[zeros..], out);
}

fn sized(kind: u8, bytes: &[u8], out: &mut Vec<u8>) {
    control(kind, bytes.len(), out);
    out.extend(bytes);
}

/// The bytes before a value: kinds above 7 and sizes above 28 take a byte of their own.
fn control(kind: u8, size: usize, out: &mut Vec<u8>) {
    let size = u8::try_from(size).expect("a small value");
    let first = if kind > 7 { 0 } else { kind << 5 };
    out.push(first | size.min(29));
    out.extend((kind > 7).then(|| kind - 7));
    out.extend(size.checked_sub(29));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_places_is_what_is_written_here() {
        if std::env::var_os("TEGATA_WRITE_PLACES").is_some() {
            std::fs::write(places_file(), places()).unwrap();
        }
        let there = std::fs::read(places_file()).unwrap_or_default();
        assert!(there == places(), "run: TEGATA_WRITE_PLACES=1 cargo test -p testkit file_of_places");
        assert!(there.len() < 3_000, "{} bytes", there.len());
    }

    #[test]
    fn a_narrower_network_lies_on_top_of_a_wider_one() {
        let networks: [(&[&str], Value); 2] =
            [(&["10.0.0.0/8"], json!({ "wide": true })), (&["10.1.0.0/16"], json!({ "wide": false }))];
        let reader = maxminddb::Reader::from_source(database("Test", &networks)).unwrap();
        reader.verify().unwrap();
        let wide = |address: &str| {
            let record = reader.lookup(address.parse().unwrap()).unwrap();
            record.decode_path::<bool>(&[maxminddb::PathElement::Key("wide")]).unwrap()
        };
        assert_eq!(["10.0.0.1", "10.1.2.3", "11.0.0.1"].map(wide), [Some(true), Some(false), None]);
    }
}
