//! Repeated refusals as one row ("12 attempts from two networks"), for display only.

use std::collections::BTreeSet;

use super::HistoryLine;
use account::audit::Event;

/// What a page shows as one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A line by itself.
    One(HistoryLine),
    /// Attempts of the same kind that followed each other, with the lockouts they led to.
    Attempts(Attempts),
}

/// Two or more refused attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempts {
    /// What was tried.
    pub tried: Event,
    /// How many times, without the lockouts.
    pub count: usize,
    /// Whether they led to a lockout.
    pub locked: bool,
    /// From how many networks.
    pub networks: usize,
    /// All of it, newest first.
    pub lines: Vec<HistoryLine>,
}

/// Folds the lines of a page. Wrong codes stay apart from wrong passwords: they show that the password is known.
pub fn fold(lines: Vec<HistoryLine>) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut run: Vec<HistoryLine> = Vec::new();
    for line in lines {
        if run.first().and_then(tried) != tried(&line) || tried(&line).is_none() {
            close(&mut run, &mut rows);
        }
        run.push(line);
    }
    close(&mut run, &mut rows);
    rows
}

/// What a refused line tried, or what a lockout was about; `None` for everything else.
fn tried(line: &HistoryLine) -> Option<Event> {
    match line.event? {
        Event::SignInLocked => Some(Event::SignIn),
        Event::SecondFactorLocked => Some(Event::SecondFactor),
        event => line.refusal.is_some().then_some(event),
    }
}

fn close(run: &mut Vec<HistoryLine>, rows: &mut Vec<Row>) {
    let lines = std::mem::take(run);
    let count = lines.iter().filter(|line| line.refusal.is_some()).count();
    match lines.first().and_then(tried) {
        Some(tried) if count > 1 => {
            let networks = lines.iter().map(|line| &line.network).collect::<BTreeSet<_>>().len();
            rows.push(Row::Attempts(Attempts { tried, count, locked: count < lines.len(), networks, lines }));
        }
        _ => rows.extend(lines.into_iter().map(Row::One)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(event: Event, refusal: Option<&str>, network: &str) -> HistoryLine {
        HistoryLine {
            id: String::new(),
            at: 0,
            event: Some(event),
            refusal: refusal.map(str::to_owned),
            method: None,
            network: network.into(),
            browser: String::new(),
            actor: None,
            reason: None,
            here: false,
        }
    }

    fn refused(network: &str) -> HistoryLine {
        line(Event::SignIn, Some("SI02"), network)
    }

    fn attempts(row: &Row) -> Option<(Event, usize, usize, bool)> {
        match row {
            Row::One(_) => None,
            Row::Attempts(a) => Some((a.tried, a.count, a.networks, a.locked)),
        }
    }

    #[test]
    fn twelve_attempts_from_two_networks_are_one_row_with_all_lines() {
        let mut lines: Vec<_> = (0..12).map(|n| refused(if n % 3 == 0 { "a" } else { "b" })).collect();
        lines.insert(6, line(Event::SignInLocked, None, "a"));
        let rows = fold(lines.clone());
        assert_eq!(rows.len(), 1);
        assert_eq!(attempts(&rows[0]), Some((Event::SignIn, 12, 2, true)));
        assert!(matches!(&rows[0], Row::Attempts(a) if a.lines == lines));
    }

    #[test]
    fn a_single_refusal_stays_a_line() {
        let lines = [line(Event::SignIn, None, "a"), refused("a"), line(Event::SignOut, None, "a")];
        assert_eq!(fold(lines.to_vec()), lines.map(Row::One));
    }

    /// With a threshold of one each attempt locks out; neither line hides the other.
    #[test]
    fn a_lockout_with_one_attempt_stays_two_lines() {
        let lines = [line(Event::SignInLocked, None, "a"), refused("a")];
        assert_eq!(fold(lines.to_vec()), lines.map(Row::One));
    }

    #[test]
    fn another_line_in_between_separates_them() {
        let lines =
            vec![refused("a"), refused("a"), line(Event::SignIn, None, "a"), refused("a"), refused("a")];
        let rows = fold(lines);
        assert_eq!(
            rows.iter().map(|row| attempts(row).map(|a| a.1)).collect::<Vec<_>>(),
            [Some(2), None, Some(2)]
        );
    }

    #[test]
    fn wrong_codes_are_not_hidden_among_wrong_passwords() {
        let code = || line(Event::SecondFactor, Some("SS01"), "a");
        let rows = fold(vec![code(), code(), refused("a"), refused("a"), refused("a")]);
        let folded: Vec<_> = rows.iter().filter_map(attempts).map(|a| (a.0, a.1)).collect();
        assert_eq!(folded, [(Event::SecondFactor, 2), (Event::SignIn, 3)]);
    }

    #[test]
    fn lines_of_a_newer_release_stay_as_they_are() {
        let unknown = || HistoryLine { event: None, ..refused("a") };
        let rows = fold(vec![unknown(), unknown()]);
        assert_eq!(rows.len(), 2);
        assert_eq!(fold(Vec::new()), []);
    }
}
