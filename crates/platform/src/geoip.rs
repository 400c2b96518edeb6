//! Where a network address approximately is, as far as the operator's database file says (`geoip.mmdb`). Nothing is
//! asked over the network, and without a file no address has a place. [`domain::geo`] decides which distance is too
//! far.

use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use domain::geo::Coordinates;
use domain::locale::Locale;
use maxminddb::geoip2::{City, Names};
use maxminddb::{MaxMindDbError, Reader};

use crate::clock::{SECOND_MS, in_japan};
use crate::error::Failure;

/// Coordinates with a larger accuracy radius than this are often the middle of a country: no distance is measured by
/// them.
const VAGUE_KM: u16 = 200;

/// The database, read into memory; cheap to clone. The default is no file, in which nothing is found.
#[derive(Clone, Default)]
pub struct GeoIp(Option<Arc<Reader<Vec<u8>>>>);

impl GeoIp {
    /// Reads what the setting `geoip.mmdb` names.
    pub fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self::default()) };
        let named = |error| Failure::File {
            what: format!("cannot read {} (geoip.mmdb)", path.display()),
            source: match error {
                MaxMindDbError::Io(error) => error,
                other => io::Error::new(io::ErrorKind::InvalidData, other),
            },
        };
        Ok(Self(Some(Arc::new(Reader::open_readfile(path).map_err(named)?))))
    }

    /// Which database it is and the day it was made; `None` without a file.
    pub fn edition(&self) -> Option<String> {
        let about = self.0.as_ref()?.metadata();
        let made = i64::try_from(about.build_epoch).unwrap_or(i64::MAX).saturating_mul(SECOND_MS);
        Some(format!("{} of {}", about.database_type, in_japan(made).date()))
    }

    /// The place of an address; `None` if it is no address, or the database has no name for where it is.
    pub fn lookup(&self, network: &str) -> Option<Place> {
        let address = network.parse::<IpAddr>().ok()?.to_canonical();
        // A record that cannot be read counts as none: it must not keep a member from signing in.
        let record = self.0.as_ref()?.lookup(address).ok()?.decode::<City<'_>>().ok()??;
        Place::read(&record)
    }
}

/// An approximate place with at least one known name.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// City, town or village.
    pub city: Option<Name>,
    /// Prefecture, state or province.
    pub region: Option<Name>,
    /// Country.
    pub country: Option<Name>,
    /// About where it is; `None` if the database does not say, or not precisely enough to measure distances.
    pub at: Option<Coordinates>,
}

/// A name in both languages of the site. Where the database has only one of them, it stands for both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

impl Place {
    fn read(record: &City<'_>) -> Option<Self> {
        let city = Name::read(&record.city.names);
        let region = record.subdivisions.first().and_then(|region| Name::read(&region.names));
        let country = Name::read(&record.country.names);
        let location = &record.location;
        let at = match (location.latitude, location.longitude) {
            (Some(lat), Some(lon)) if location.accuracy_radius.is_none_or(|km| km <= VAGUE_KM) => {
                Coordinates::new(lat, lon)
            }
            _ => None,
        };
        let named = city.is_some() || region.is_some() || country.is_some();
        named.then_some(Self { city, region, country, at })
    }

    /// `東京（日本）` or `Tokyo, Japan`; the region where no city is known.
    pub fn shown(&self, locale: Locale) -> String {
        let near = self.city.as_ref().or(self.region.as_ref()).map(|name| name.text(locale));
        // Singapore is a city and a country.
        let country =
            self.country.as_ref().map(|name| name.text(locale)).filter(|country| near != Some(country));
        match (near, country, locale) {
            (Some(near), Some(country), Locale::Ja) => format!("{near}（{country}）"),
            (Some(near), Some(country), Locale::En) => format!("{near}, {country}"),
            (near, country, _) => near.or(country).unwrap_or_default().to_owned(),
        }
    }
}

impl Name {
    fn read(names: &Names<'_>) -> Option<Self> {
        let said = |name: Option<&str>| name.filter(|name| !name.is_empty()).map(str::to_owned);
        let (ja, en) = (said(names.japanese), said(names.english));
        Some(Self { ja: ja.clone().or_else(|| en.clone())?, en: en.or(ja)? })
    }

    fn text(&self, locale: Locale) -> &str {
        match locale {
            Locale::Ja => &self.ja,
            Locale::En => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::{Value, json};

    use super::*;
    use testkit::{mmdb, places_file};

    fn places() -> GeoIp {
        GeoIp::open(Some(&places_file())).unwrap()
    }

    fn shown(places: &GeoIp, network: &str) -> Option<[String; 2]> {
        places.lookup(network).map(|place| Locale::ALL.map(|locale| place.shown(locale)))
    }

    /// A database in which 192.0.2.0/24 has the record.
    fn with(record: Value) -> GeoIp {
        let bytes = mmdb::database("Test", &[(&["192.0.2.0/24"], record)]);
        GeoIp(Some(Arc::new(Reader::from_source(bytes).unwrap())))
    }

    #[test]
    fn mp_89_addresses_have_a_place() {
        let places = places();
        for (network, ja, en) in [
            ("192.0.2.7", "東京（日本）", "Tokyo, Japan"),
            ("198.51.100.255", "大阪市（日本）", "Osaka, Japan"),
            ("203.0.113.0", "ニューヨーク（アメリカ）", "New York, United States"),
            ("2001:db8::1", "東京（日本）", "Tokyo, Japan"),
            ("2001:db8:ffff:ffff::", "東京（日本）", "Tokyo, Japan"),
            ("::ffff:203.0.113.9", "ニューヨーク（アメリカ）", "New York, United States"),
        ] {
            assert_eq!(shown(&places, network).unwrap(), [ja, en], "{network}");
        }
        assert_eq!(places.lookup("192.0.2.7").unwrap().at, Coordinates::new(35.68, 139.69));
        assert_eq!(places.edition().unwrap(), "Tegata-Test-City of 2026-11-21");
    }

    #[test]
    fn mp_89_no_place_is_made_up() {
        let places = places();
        for network in [
            "192.0.3.1",
            "8.8.8.8",
            "10.0.0.1",
            "169.254.1.1",
            "::1",
            "fe80::1",
            "2001:db9::1",
            "::",
            "",
            " ",
            "localhost",
            "192.0.2",
            "192.0.2.7:443",
            "[2001:db8::1]",
            "192.0.2.0/24",
            "東京",
        ] {
            assert_eq!(places.lookup(network), None, "{network}");
        }
    }

    #[test]
    fn without_a_file_nothing_has_a_place() {
        let none = GeoIp::open(None).unwrap();
        assert_eq!((none.lookup("192.0.2.7"), none.edition()), (None, None));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_reported_with_its_setting() {
        let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        for wrong in [manifest.as_path(), Path::new("/no-such-folder/x.mmdb"), Path::new("/"), Path::new("")]
        {
            let told = GeoIp::open(Some(wrong)).err().unwrap().to_string();
            assert!(told.contains("(geoip.mmdb): ") && told.contains(wrong.to_str().unwrap()), "{told}");
        }
    }

    #[test]
    fn databases_of_countries_have_places_without_coordinates() {
        let places = with(json!({
            "continent": { "names": { "en": "Asia" } },
            "country": { "iso_code": "JP", "names": { "de": "Japan", "en": "Japan", "ja": "日本" } },
        }));
        assert_eq!(shown(&places, "192.0.2.7").unwrap(), ["日本", "Japan"]);
        assert_eq!(places.lookup("192.0.2.7").unwrap().at, None);
    }

    #[test]
    fn names_stand_in_for_each_other() {
        let japan = json!({ "names": { "ja": "日本", "en": "Japan" } });
        let singapore = json!({ "names": { "en": "Singapore" } });
        let kyoto = json!({ "names": { "ja": "京都府", "en": "Kyoto" } });
        for (record, ja, en) in [
            (json!({ "city": { "names": { "en": "Uji" } }, "country": japan }), "Uji（日本）", "Uji, Japan"),
            (json!({ "city": { "names": { "ja": "宇治市", "en": "" } } }), "宇治市", "宇治市"),
            (json!({ "city": singapore, "country": singapore }), "Singapore", "Singapore"),
            (json!({ "subdivisions": [kyoto, {}], "country": japan }), "京都府（日本）", "Kyoto, Japan"),
        ] {
            assert_eq!(shown(&with(record), "192.0.2.7").unwrap(), [ja, en]);
        }
    }

    #[test]
    fn mp_89_vague_coordinates_are_not_measured_by() {
        let record = |radius: u16| {
            json!({
                "country": { "names": { "en": "United States" } },
                "location": { "latitude": 37.751, "longitude": -97.822, "accuracy_radius": radius },
            })
        };
        assert!(with(record(200)).lookup("192.0.2.7").unwrap().at.is_some());
        assert!(with(record(1000)).lookup("192.0.2.7").unwrap().at.is_none());
    }

    #[test]
    fn records_of_another_shape_are_none() {
        for record in [
            json!({}),
            json!("Tokyo"),
            json!(["Tokyo"]),
            json!({ "city": "Tokyo", "country": "JP", "latitude": "35.68" }),
            json!({ "city": { "names": ["Tokyo"] } }),
            json!({ "city": { "names": { "fr": "Tokyo" } }, "location": { "latitude": 35.68, "longitude": 139.69 } }),
            json!({ "country": { "names": { "en": "Japan" } }, "location": { "latitude": "north" } }),
        ] {
            assert_eq!(with(record.clone()).lookup("192.0.2.7"), None, "{record}");
        }
        let beyond = json!({
            "country": { "names": { "en": "Japan" } },
            "location": { "latitude": 95.5, "longitude": 139.5 },
        });
        assert_eq!(with(beyond).lookup("192.0.2.7").unwrap().at, None);
    }

    /// Every byte of a file wrong in several ways, and every length: it may find anything, but must not panic or hang.
    #[test]
    fn a_damaged_file_does_not_end_the_process() {
        let whole = std::fs::read(places_file()).unwrap();
        let look = |bytes: Vec<u8>| {
            if let Ok(reader) = Reader::from_source(bytes) {
                let places = GeoIp(Some(Arc::new(reader)));
                for network in ["192.0.2.7", "198.51.100.1", "2001:db8::1", "8.8.8.8", "ffff::"] {
                    let _ = shown(&places, network);
                }
                let _ = places.edition();
            }
        };
        for at in 0..whole.len() {
            look(whole[..at].to_vec());
            for flip in [0x01, 0x20, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] ^= flip;
                look(bytes);
            }
        }
    }
}
