/** Panels beside each other at most; more go below. */
const COLUMNS = 2;

/** Pixels between a panel and the one below: the upper one's axis and the lower one's title. */
const ROW_GAP = 66;
/** Pixels of a figure that no panel has: the first row's title, and the last row's axis with a legend. */
const AROUND = 100;

/** Pixels of all columns with what is between them, on a page of full width beside long names and a colour bar. */
const WIDTH = 820;
/** Pixels of a letter on an axis, and of what is between an axis and the panel to its left. */
const LETTER = 7;
const SPACE = 30;

/**
 * Layout of n panels in reading order, and the height of the figure. @param height pixels of a panel without its axis
 * @param labels what stands on the y axes, which are given room for the longest
 */
export function panelGrid(
  n: number,
  height: number,
  labels: readonly string[],
): { grid: Record<string, unknown>; height: number } {
  const rows = Math.ceil(n / COLUMNS);
  const axis = SPACE + LETTER * Math.max(...labels.map((label) => label.length));
  const grid = {
    rows,
    columns: Math.min(n, COLUMNS),
    pattern: 'independent',
    // Gaps are shares of a column or row with its gap.
    xgap: (COLUMNS * axis) / (WIDTH + axis),
    ygap: ROW_GAP / (height + ROW_GAP),
  };
  return { grid, height: AROUND + rows * height + (rows - 1) * ROW_GAP };
}

/** The title above panel number `panel` (from 0), as an annotation. */
export function panelTitle(panel: number, text: string): Record<string, unknown> {
  const suffix = axisSuffix(panel);
  const place = { xref: `x${suffix} domain`, yref: `y${suffix} domain`, x: 0.5, y: 1, yanchor: 'bottom' };
  return { ...place, text, showarrow: false, font: { size: 14 } };
}

/** What plotly appends to the axis names of panel number `panel` (from 0). */
export function axisSuffix(panel: number): string {
  return panel === 0 ? '' : String(panel + 1);
}

/** Buttons that show one trace and hide the others, with the name of the one shown as the figure's title. */
export function traceMenu(names: readonly string[]): Record<string, unknown> {
  const buttons = names.map((label, i) => ({
    label,
    method: 'update',
    args: [{ visible: names.map((_, j) => j === i) }, { 'title.text': label }],
  }));
  return {
    title: { text: names[0], x: 0.5, font: { size: 14 } },
    updatemenus: [
      { type: 'dropdown', showactive: false, x: 0, y: 1.06, xanchor: 'left', yanchor: 'bottom', buttons },
    ],
  };
}
