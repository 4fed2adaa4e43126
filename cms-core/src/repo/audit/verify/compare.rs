//! What a seal lists of its records, compared with the records that are there.

use std::collections::{BTreeMap, HashMap};

use super::report::Tampering;

/// A difference, by position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) what: Tampering,
    pub(super) position: u64,
    pub(super) detail: String,
}

/// The differences, by position.
pub(super) fn differences(listed: &[(u64, &str)], found: &[(u64, String)]) -> Vec<Difference> {
    let mut places: BTreeMap<u64, (Option<&str>, Option<&str>)> = BTreeMap::new();
    for (position, digits) in listed {
        places.entry(*position).or_default().0 = Some(digits);
    }
    for (position, digits) in found {
        places.entry(*position).or_default().1 = Some(digits);
    }
    places.retain(|_, (sealed, there)| sealed != there);
    // Where each record that is not in its place was sealed, and where it is now.
    let sealed_at: HashMap<&str, u64> =
        places.iter().filter_map(|(at, (sealed, _))| Some(((*sealed)?, *at))).collect();
    let there_at: HashMap<&str, u64> =
        places.iter().filter_map(|(at, (_, there))| Some(((*there)?, *at))).collect();
    let name = |position: u64, sealed: Option<&str>, there: Option<&str>| {
        let home = there.and_then(|digits| sealed_at.get(digits)).filter(|home| **home != position);
        let (what, detail) = match (sealed, there, home) {
            (_, Some(_), Some(home)) => {
                let detail = format!("the record that was sealed at {home} stands here");
                (Tampering::Reordered, detail)
            }
            (Some(digits), None, _) => match there_at.get(digits) {
                Some(now) => (Tampering::Reordered, format!("this record stands at {now} now")),
                None => (Tampering::Removed, "a record that was sealed is gone".to_owned()),
            },
            (None, _, _) => {
                let detail = "this record was not there when its place was sealed";
                (Tampering::Inserted, detail.to_owned())
            }
            (Some(_), Some(_), None) => {
                (Tampering::Changed, "the record is not what was sealed".to_owned())
            }
        };
        Difference { what, position, detail }
    };
    places.iter().map(|(at, (sealed, there))| name(*at, *sealed, *there)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(listed: &[(u64, &str)], found: &[(u64, &str)], expected: &[(Tampering, u64)]) {
        let found: Vec<_> = found.iter().map(|(at, digits)| (*at, (*digits).to_owned())).collect();
        let named: Vec<_> =
            differences(listed, &found).iter().map(|each| (each.what, each.position)).collect();
        assert_eq!(named, expected);
    }

    #[test]
    fn each_kind_of_change_has_its_name() {
        use Tampering::{Changed, Inserted, Removed, Reordered};
        let sealed = [(1, "a"), (2, "b"), (4, "c")];
        check(&sealed, &sealed, &[]);
        check(&sealed, &[(1, "a"), (2, "x"), (4, "c")], &[(Changed, 2)]);
        check(&sealed, &[(1, "a"), (4, "c")], &[(Removed, 2)]);
        check(&sealed, &[(1, "a"), (2, "b"), (3, "x"), (4, "c")], &[(Inserted, 3)]);
        check(&sealed, &[(1, "b"), (2, "a"), (4, "c")], &[(Reordered, 1), (Reordered, 2)]);
        check(&sealed, &[(1, "a"), (3, "b"), (4, "c")], &[(Reordered, 2), (Reordered, 3)]);
        check(&sealed, &[], &[(Removed, 1), (Removed, 2), (Removed, 4)]);
    }
}
