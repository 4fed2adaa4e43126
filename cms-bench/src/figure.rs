//! Figures: what one is, and how several rounds are combined into one.

use std::time::{Duration, Instant};

use serde::Serialize;

use crate::Plan;

/// One measured figure, printed as one JSON line.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    /// Number of entries in the store.
    pub(crate) n: u32,
    /// The median of our rounds.
    pub(crate) ours: f64,
    pub(crate) unit: &'static str,
    /// What it is compared with; null when it is compared only with a target.
    pub(crate) peer: Option<&'static str>,
    pub(crate) peer_value: Option<f64>,
    /// Our value divided by the peer's.
    pub(crate) ratio: Option<f64>,
    pub(crate) target: String,
    /// Whether the target is met; null when this run did not measure everything that the target is about.
    pub(crate) holds: Option<bool>,
    /// The best of our rounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<f64>,
    /// `none` when syncs did nothing, `real` when they were real, otherwise how they were simulated.
    pub(crate) sync: &'static str,
    /// Number of locales besides the source.
    pub(crate) locales: usize,
    /// Anything else that helps to read the figure.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) note: String,
}

impl Figure {
    pub(crate) fn new(name: &'static str, n: u32, unit: &'static str, rounds: &Rounds) -> Self {
        Self {
            name,
            n,
            ours: rounds.median(),
            unit,
            peer: None,
            peer_value: None,
            ratio: None,
            target: String::new(),
            holds: None,
            min: Some(rounds.min()),
            sync: "real",
            locales: 0,
            note: String::new(),
        }
    }

    /// The figure, compared with a peer that was measured in the same run.
    pub(crate) fn beside(mut self, peer: &'static str, value: Option<f64>) -> Self {
        self.peer = Some(peer);
        self.peer_value = value;
        self.ratio = value.map(|value| self.ours / value);
        self
    }

    /// The figure with a target, and whether it is met; unknown when that can't be decided yet.
    pub(crate) fn against(mut self, target: impl Into<String>, holds: Option<bool>) -> Self {
        self.target = target.into();
        self.holds = holds;
        self
    }

    pub(crate) fn print(mut self) {
        for value in [Some(&mut self.ours), self.peer_value.as_mut()]
            .into_iter()
            .chain([self.ratio.as_mut(), self.min.as_mut()])
            .flatten()
        {
            *value = rounded(*value);
        }
        println!("{}", serde_json::to_string(&self).expect("a figure is JSON"));
    }
}

/// Rounds to four significant digits.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let scale = 10f64.powi(3 - value.abs().log10().floor() as i32);
    (value * scale).round() / scale
}

/// The values of several rounds.
#[derive(Debug, Clone)]
pub(crate) struct Rounds(Vec<f64>);

impl Rounds {
    /// Measures rounds; each gives its own value.
    pub(crate) fn of(
        plan: &Plan,
        careful: usize,
        mut round: impl FnMut() -> anyhow::Result<f64>,
    ) -> anyhow::Result<Self> {
        let start = Instant::now();
        let mut values = Vec::new();
        let goes_on = |count: usize| match plan.repeat {
            Some(time) => start.elapsed() < time,
            None => count < plan.rounds(careful),
        };
        while values.is_empty() || goes_on(values.len()) {
            values.push(round()?);
        }
        Ok(Self::given(values))
    }

    /// Values that were measured elsewhere; at least one.
    pub(crate) fn given(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// The value that a share of all, 0 to 1, does not exceed.
    pub(crate) fn at(&self, share: f64) -> f64 {
        let last = self.0.len() - 1;
        self.0[(share * last as f64).ceil() as usize]
    }

    pub(crate) fn median(&self) -> f64 {
        let middle = self.0.len() / 2;
        if self.0.len().is_multiple_of(2) {
            f64::midpoint(self.0[middle - 1], self.0[middle])
        } else {
            self.0[middle]
        }
    }

    pub(crate) fn min(&self) -> f64 {
        self.0[0]
    }
}

/// The time that some work took.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}

pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Prints what is going on, for people who wait.
pub(crate) fn say(what: impl std::fmt::Display) {
    eprintln!("· {what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_four_digits() {
        assert_eq!(rounded(0.123_456), 0.1235);
        assert_eq!(rounded(98_765.4), 98_770.0);
        assert_eq!(rounded(0.0), 0.0);
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(Rounds(vec![1.0, 2.0, 9.0]).median(), 2.0);
        assert_eq!(Rounds(vec![1.0, 2.0, 4.0, 9.0]).median(), 3.0);
    }
}
