/** Sorts what few rows there are by a key, in place: by insertion, which is stable and for a dozen of them several times as fast as sorting. */
export function inOrder<Row>(rows: Row[], keyOf: (row: Row) => number): Row[] {
  for (let i = 1; i < rows.length; i++) {
    const row = rows[i]!;
    const key = keyOf(row);
    let k = i;
    for (; k > 0 && keyOf(rows[k - 1]!) > key; k--) rows[k] = rows[k - 1]!;
    rows[k] = row;
  }
  return rows;
}
