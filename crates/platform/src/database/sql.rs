//! Placeholders for statements over several rows.

use std::fmt::Write;

/// `($1,$2),($3,$4)` for 2 rows of 2 columns.
pub fn rows(rows: usize, columns: usize) -> String {
    rows_from(1, rows, columns)
}

/// `($2,$3),($4,$5)` for 2 rows of 2 columns, counted from `first`.
pub fn rows_from(first: usize, rows: usize, columns: usize) -> String {
    let mut sql = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ",(" });
        push_list(&mut sql, row * columns + first, columns);
        sql.push(')');
    }
    sql
}

/// `$1,$2,$3` for 3 values, counted from `first`.
pub fn list(first: usize, values: usize) -> String {
    let mut sql = String::with_capacity(values * 5);
    push_list(&mut sql, first, values);
    sql
}

/// `of` in sizes of powers of two, the largest first, so that few different statements are
/// prepared: 300 rows go as 256, 32, 8 and 4.
pub fn sizes(of: usize, largest: u32) -> impl Iterator<Item = usize> {
    let largest = 1_usize << largest;
    std::iter::repeat_n(largest, of / largest)
        .chain((0..usize::BITS).rev().map(|bit| 1 << bit).filter(move |size| (of % largest) & size != 0))
}

fn push_list(sql: &mut String, first: usize, values: usize) {
    for value in first..first + values {
        if value > first {
            sql.push(',');
        }
        let _ = write!(sql, "${value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_counted_through() {
        assert_eq!(rows(2, 2), "($1,$2),($3,$4)");
        assert_eq!(rows_from(2, 2, 2), "($2,$3),($4,$5)");
        assert_eq!(list(2, 3), "$2,$3,$4");
    }

    #[test]
    fn sizes_add_up_and_are_powers_of_two() {
        for of in 0..2_000 {
            assert_eq!(sizes(of, 8).sum::<usize>(), of);
            assert!(sizes(of, 8).all(|size| size.is_power_of_two() && size <= 256), "{of}");
        }
    }
}
