//! Prints what `cms policy` answers.

use crate::{cli::paper::Paper, views::people::PoliciesView};

/// Prints the table: the house, and then what is different below entries.
pub(crate) fn table(policies: &PoliciesView, paper: &mut Paper) {
    let house = &policies.house;
    let word = |value: bool| if value { "yes" } else { "no" }.to_owned();
    let mut rows = vec![
        ["WHERE", "APPROVALS", "AUTHORS APPROVE", "SECOND FACTOR", "PROGRAMS"].map(str::to_owned),
        [
            "the house".to_owned(),
            house.approvals_required.to_string(),
            word(house.authors_approve),
            word(house.second_factor_to_publish),
            word(house.programs_publish),
        ],
    ];
    let as_above = || "as above".to_owned();
    let open = |value: Option<bool>| value.map_or_else(as_above, word);
    rows.extend(policies.subtrees.iter().map(|row| {
        [
            format!("below {}", row.subtree),
            row.approvals_required.map_or_else(as_above, |count| count.to_string()),
            open(row.authors_approve),
            open(row.second_factor_to_publish),
            open(row.programs_publish),
        ]
    }));
    paper.rows(&rows);
}
