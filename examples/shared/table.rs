//! Aligned tables.

use comfy_table::{Table, presets::NOTHING};

use super::output::one_line;

/// Returns a table with a header, and one line for each row.
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_header(header.to_vec());
    for row in rows {
        let cells = row.iter().map(|cell| match one_line(cell) {
            // Tools that split lines into columns need each column.
            cell if cell.is_empty() => "-".to_owned(),
            cell => cell,
        });
        table.add_row(cells);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt()
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_are_aligned_by_the_width_of_characters() {
        let rows = [["名前", "1"], ["a\nb", ""], ["", "2"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        let text = table(&["NAME", "ID"], rows);
        assert_eq!(text, "NAME  ID\n名前  1\na b   -\n-     2");
    }
}
