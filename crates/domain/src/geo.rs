//! How far apart two places are, and whether a person can have travelled from one to the other in the time between
//! (MP-89). Which place a network address has is not known here: `platform::geoip` reads it from the operator's file.

use std::time::Duration;

/// Mean radius of the Earth.
const EARTH_KM: f64 = 6371.0;

/// A point on the Earth, in degrees; north and east are positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coordinates {
    lat: f64,
    lon: f64,
}

impl Coordinates {
    /// `None` for what is not on the globe.
    pub fn new(lat: f64, lon: f64) -> Option<Self> {
        let on_the_globe = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
        on_the_globe.then_some(Self { lat, lon })
    }

    /// The distance along a great circle (haversine), in kilometres.
    pub fn km_to(self, other: Self) -> f64 {
        let half_sine_squared = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
        let narrowing = self.lat.to_radians().cos() * other.lat.to_radians().cos();
        let h = half_sine_squared(self.lat, other.lat) + narrowing * half_sine_squared(self.lon, other.lon);
        // Rounding may lift it over 1 for points opposite to each other.
        2.0 * EARTH_KM * h.sqrt().min(1.0).asin()
    }
}

/// Whether one traveller cannot have made two sign-ins (MP-89): they are farther apart than `min_km`, and farther than
/// `speed_kmh` allows in the time between (`ms_between`). A clock that was set back counts as no time.
pub fn too_far_apart(a: Coordinates, b: Coordinates, ms_between: i64, speed_kmh: u32, min_km: u32) -> bool {
    let hours = Duration::from_millis(ms_between.try_into().unwrap_or(0)).as_secs_f64() / 3600.0;
    a.km_to(b) > f64::from(min_km).max(f64::from(speed_kmh) * hours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR_MS: i64 = 3_600_000;

    fn at(lat: f64, lon: f64) -> Coordinates {
        Coordinates::new(lat, lon).unwrap()
    }

    fn tokyo() -> Coordinates {
        at(35.68, 139.69)
    }

    fn osaka() -> Coordinates {
        at(34.69, 135.50)
    }

    fn new_york() -> Coordinates {
        at(40.71, -74.01)
    }

    #[test]
    fn mp_89_distances_are_those_of_the_globe() {
        let around = 2.0 * std::f64::consts::PI * EARTH_KM;
        for (a, b, km) in [
            (tokyo(), osaka(), 396.0),
            (tokyo(), new_york(), 10_850.0),
            (at(90.0, 0.0), at(-90.0, 0.0), around / 2.0),
            (at(0.0, 0.0), at(0.0, 180.0), around / 2.0),
            // across the date line, not around the world
            (at(0.0, 179.5), at(0.0, -179.5), around / 360.0),
        ] {
            assert!((a.km_to(b) - km).abs() < 5.0, "{a:?} {b:?}: {} km", a.km_to(b));
        }
    }

    #[test]
    fn mp_89_what_is_not_on_the_globe_is_no_place() {
        for (lat, lon) in [(90.1, 0.0), (-91.0, 0.0), (0.0, 180.1), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(Coordinates::new(lat, lon), None);
        }
    }

    #[test]
    fn mp_89_faster_than_an_airliner_and_far_is_too_far() {
        let far = |a, b, ms| too_far_apart(a, b, ms, 900, 500);
        assert!(far(tokyo(), new_york(), HOUR_MS));
        assert!(far(tokyo(), new_york(), 12 * HOUR_MS));
        assert!(!far(tokyo(), new_york(), 13 * HOUR_MS));
        // in no time, but near enough for a table that is not exact
        assert!(!far(tokyo(), osaka(), 0));
        assert!(too_far_apart(tokyo(), osaka(), 0, 900, 300));
    }

    #[test]
    fn mp_89_no_time_and_a_clock_set_back_are_the_shortest_time() {
        for ms in [1, 0, -1, -HOUR_MS, i64::MIN] {
            assert!(too_far_apart(tokyo(), new_york(), ms, 900, 500), "{ms}");
        }
        assert!(!too_far_apart(tokyo(), new_york(), i64::MAX, 900, 500));
    }

    fn anywhere() -> impl Strategy<Value = Coordinates> {
        (-90.0..=90.0, -180.0..=180.0).prop_map(|(lat, lon)| at(lat, lon))
    }

    proptest! {
        #[test]
        fn mp_89_a_distance_is_a_distance(a in anywhere(), b in anywhere(), c in anywhere()) {
            let there = a.km_to(b);
            prop_assert!((0.0..=std::f64::consts::PI * EARTH_KM).contains(&there));
            prop_assert!((there - b.km_to(a)).abs() < 1e-6);
            prop_assert!(a.km_to(a) < 1e-6);
            prop_assert!(there <= a.km_to(c) + c.km_to(b) + 1e-3);
        }

        #[test]
        fn mp_89_more_time_never_makes_a_distance_too_far(
            a in anywhere(), b in anywhere(), ms in any::<i64>(), more in any::<i64>(),
            speed in any::<u32>(), min_km in any::<u32>(),
        ) {
            let (less, more) = (ms.min(more), ms.max(more));
            let far = |ms| too_far_apart(a, b, ms, speed, min_km);
            prop_assert!(far(less) || !far(more));
            prop_assert_eq!(far(more), too_far_apart(b, a, more, speed, min_km));
            prop_assert!(!too_far_apart(a, a, ms, speed, min_km));
        }
    }
}
